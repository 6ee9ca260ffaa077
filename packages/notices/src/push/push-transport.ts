import webPush from "web-push";
import type { HandOver, Transport } from "../smtp/message-transport.ts";
import { httpHandOver } from "../providers/http-hand-over.ts";
import { laneTransport } from "../providers/lane-transport.ts";

/** What a browser gives when its user agrees (Push API, `PushSubscription.toJSON()`). */
export type PushSubscription = {
  readonly endpoint: string;
  readonly keys: { readonly p256dh: string; readonly auth: string };
};

/** One person's push, to each of their browsers. */
export type PushMessage = {
  readonly subscriptions: readonly PushSubscription[];
  /** What the service worker shows: at most 3,993 bytes encrypted fit into a record of RFC 8291. */
  readonly payload: string;
  /** Replaces an earlier one of the same topic on its way (RFC 8030 5.4): 32 of base64url. */
  readonly topic: string | null;
};

export type PushOptions = {
  /** `mailto:` or `https:`: whom a push service asks (RFC 8292 2.1). */
  readonly subject: string;
  readonly publicKey: string;
  readonly privateKey: string;
  /** How long a push service keeps it, in seconds. Default 3 days. */
  readonly ttlSeconds?: number;
  readonly fetch: typeof fetch;
  readonly connections?: number;
  readonly timeoutMs?: number;
  /** Hosts that may be pushed to; null for any `https:` host. An endpoint comes from outside: it must not lead into one's own network. */
  readonly hosts: readonly string[] | null;
};

/** Push services of the large browsers. */
export const knownPushHosts: readonly string[] = [
  "fcm.googleapis.com",
  "updates.push.services.mozilla.com",
  "web.push.apple.com",
  "notify.windows.com",
];

/**
 * Web Push (RFC 8030, 8291, 8292). One person may have several browsers: one that takes it is enough, and only when all are gone is
 * the person. INVARIANT: what may have reached one browser is not sent again.
 */
export function pushTransport(options: PushOptions): Transport<PushMessage> {
  return laneTransport(
    options.connections ?? 8,
    (message) => sendToEach(options, message),
    () => Promise.resolve(),
  );
}

async function sendToEach(options: PushOptions, message: PushMessage): Promise<HandOver> {
  let worst: HandOver = { kind: "gone", replyCode: 410 };
  let mayHave = false;
  let taken: HandOver | null = null;
  for (const subscription of message.subscriptions) {
    const handOver = await sendToOne(options, subscription, message);
    if (handOver.kind === "delivered") taken ??= handOver;
    else if (handOver.kind === "reply_lost") mayHave = true;
    else if (handOver.kind !== "gone") worst = handOver;
  }
  return taken ?? (mayHave ? { kind: "reply_lost" } : worst);
}

function sendToOne(
  options: PushOptions,
  subscription: PushSubscription,
  message: PushMessage,
): Promise<HandOver> {
  if (!mayPushTo(subscription.endpoint, options.hosts))
    return Promise.resolve({ kind: "refused", replyCode: 400, status: null });
  let request;
  try {
    request = webPush.generateRequestDetails(
      { endpoint: subscription.endpoint, keys: { ...subscription.keys } },
      message.payload,
      {
        vapidDetails: {
          subject: options.subject,
          publicKey: options.publicKey,
          privateKey: options.privateKey,
        },
        TTL: options.ttlSeconds ?? 259_200,
        urgency: "high",
        contentEncoding: "aes128gcm",
        ...(message.topic === null ? {} : { topic: message.topic }),
      },
    );
  } catch {
    // Keys that are none: the subscription was made up.
    return Promise.resolve({ kind: "refused", replyCode: 400, status: null });
  }
  return httpHandOver({
    fetch: options.fetch,
    url: subscription.endpoint,
    headers: request.headers,
    body: new Uint8Array(request.body),
    timeoutMs: options.timeoutMs ?? 15_000,
    // RFC 8292 4.2: 403 is a signature of another key than the subscription's.
    accountFaults: [],
    isRecipientsServer: true,
    gone: [404, 410],
  });
}

function mayPushTo(endpoint: string, hosts: readonly string[] | null): boolean {
  const url = URL.parse(endpoint);
  if (url === null || url.username !== "" || url.password !== "") return false;
  if (hosts === null) return url.protocol === "https:";
  return hosts.some((host) => url.host === host || url.hostname.endsWith(`.${host}`));
}
