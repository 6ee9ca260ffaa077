import { Webhook } from "standardwebhooks";
import type { HandOver, Transport } from "../smtp/message-transport.ts";
import { httpHandOver } from "../providers/http-hand-over.ts";
import { laneTransport } from "../providers/lane-transport.ts";

/** An endpoint of a customer or a partner that asked to be told by machine. */
export type WebhookEndpoint = {
  readonly url: string;
  /** `whsec_…`; several while one is being replaced: the message is signed with each. */
  readonly secrets: readonly string[];
};

export type WebhookMessage = {
  readonly endpoint: WebhookEndpoint;
  /** The same for the same message, so that the receiver knows a repetition. */
  readonly id: string;
  readonly payload: string;
};

export type WebhookOptions = {
  readonly fetch: typeof fetch;
  readonly clock: () => number;
  readonly connections?: number;
  readonly timeoutMs?: number;
};

/** Standard Webhooks: `webhook-id`, `webhook-timestamp` and `webhook-signature` over `id.timestamp.body`. */
export function webhookTransport(options: WebhookOptions): Transport<WebhookMessage> {
  return laneTransport(
    options.connections ?? 8,
    (message) => send(options, message),
    () => Promise.resolve(),
  );
}

function send(options: WebhookOptions, { endpoint, id, payload }: WebhookMessage): Promise<HandOver> {
  const at = new Date(Math.floor(options.clock() / 1000) * 1000);
  const signatures = endpoint.secrets.map((secret) => new Webhook(secret).sign(id, at, payload));
  return httpHandOver({
    fetch: options.fetch,
    url: endpoint.url,
    headers: {
      "content-type": "application/json",
      "webhook-id": id,
      "webhook-timestamp": String(at.getTime() / 1000),
      "webhook-signature": signatures.join(" "),
    },
    body: payload,
    timeoutMs: options.timeoutMs ?? 15_000,
    accountFaults: [],
    isRecipientsServer: true,
    // The specification: 410 says that nobody listens there any more.
    gone: [410],
  });
}
