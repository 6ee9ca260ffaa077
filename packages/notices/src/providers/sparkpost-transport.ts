import type { HandOver, MessageTransport, OutgoingMessage } from "../smtp/message-transport.ts";
import { httpHandOver } from "./http-hand-over.ts";
import { laneTransport } from "./lane-transport.ts";

export type SparkPostOptions = {
  readonly apiKey: string;
  /** `https://api.sparkpost.com` or `https://api.eu.sparkpost.com`. */
  readonly endpoint: string;
  readonly fetch: typeof fetch;
  readonly connections?: number;
  readonly timeoutMs?: number;
};

/**
 * SparkPost's Transmissions API with the message as it is (`content.email_rfc822`). Its statuses are those of HTTP: 420 and 429 are too
 * many, 401 and 403 are the account's fault.
 */
export function sparkPostTransport(options: SparkPostOptions): MessageTransport {
  const url = `${options.endpoint.replace(/\/+$/, "")}/api/v1/transmissions`;
  return laneTransport(
    options.connections ?? 8,
    (message) => send(options, url, message),
    () => Promise.resolve(),
  );
}

function send(options: SparkPostOptions, url: string, message: OutgoingMessage): Promise<HandOver> {
  return httpHandOver({
    fetch: options.fetch,
    url,
    headers: { authorization: options.apiKey, "content-type": "application/json" },
    body: JSON.stringify({
      // Opens and clicks of a security notice are nobody's business.
      options: { transactional: true, open_tracking: false, click_tracking: false },
      return_path: message.from,
      recipients: [message.to, ...(message.alsoTo ?? [])].map((email) => ({ address: { email } })),
      content: { email_rfc822: Buffer.from(message.bytes).toString("utf8") },
      ...(message.token === undefined ? {} : { metadata: { "cordon-token": message.token } }),
    }),
    timeoutMs: options.timeoutMs ?? 30_000,
    accountFaults: [401, 403],
  });
}
