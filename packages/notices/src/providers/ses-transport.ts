import { SendEmailCommand, SESv2Client, SESv2ServiceException } from "@aws-sdk/client-sesv2";
import type { HandOver, MessageTransport, OutgoingMessage } from "../smtp/message-transport.ts";
import { laneTransport } from "./lane-transport.ts";

export type SesOptions = {
  readonly region: string;
  /** The set whose event destination (SNS) tells of deliveries, bounces and complaints. */
  readonly configurationSet: string | null;
  readonly credentials: {
    readonly accessKeyId: string;
    readonly secretAccessKey: string;
    readonly sessionToken?: string;
  };
  /** For a server of one's own; default: the region's. */
  readonly endpoint?: string;
  /** Requests at a time. Default 8. */
  readonly connections?: number;
  /** How long one request may take, in milliseconds. Default 30,000. */
  readonly timeoutMs?: number;
};

/** The tag that carries the return token; events have it in `mail.tags`. */
export const sesTokenTag = "cordon-token";

/** Refusals that have nothing to do with the one message: everything waits. */
const accountFaults: ReadonlySet<string> = new Set([
  "AccountSuspendedException",
  "SendingPausedException",
  "MailFromDomainNotVerifiedException",
  "NotFoundException",
  "UnrecognizedClientException",
  "InvalidClientTokenId",
  "InvalidSignatureException",
  "SignatureDoesNotMatch",
  "AccessDeniedException",
  "ExpiredTokenException",
]);
const slowDown: ReadonlySet<string> = new Set([
  "TooManyRequestsException",
  "LimitExceededException",
  "ThrottlingException",
]);
/** Nothing of the request left: there was no connection. */
const neverConnected: ReadonlySet<string> = new Set([
  "ECONNREFUSED",
  "ENOTFOUND",
  "EAI_AGAIN",
  "EHOSTUNREACH",
]);

/**
 * Amazon SES through its v2 API, with the message as it is (`Content.Raw`); SES signs it (DKIM). INVARIANT: a request is made once.
 * The SDK repeats requests by itself unless told, and SES has no idempotency key: a repetition could be a second mail.
 */
export function sesTransport(options: SesOptions): MessageTransport {
  const client = new SESv2Client({
    region: options.region,
    credentials: options.credentials,
    ...(options.endpoint === undefined ? {} : { endpoint: options.endpoint }),
    maxAttempts: 1,
  });
  const timeoutMs = options.timeoutMs ?? 30_000;
  return laneTransport(
    options.connections ?? 8,
    (message) => send(client, options.configurationSet, message, timeoutMs),
    () => {
      client.destroy();
      return Promise.resolve();
    },
  );
}

async function send(
  client: SESv2Client,
  configurationSet: string | null,
  message: OutgoingMessage,
  timeoutMs: number,
): Promise<HandOver> {
  const command = new SendEmailCommand({
    FromEmailAddress: message.from,
    Destination: { ToAddresses: [message.to, ...(message.alsoTo ?? [])] },
    Content: { Raw: { Data: message.bytes } },
    ...(configurationSet === null ? {} : { ConfigurationSetName: configurationSet }),
    ...(message.token === undefined ? {} : { EmailTags: [{ Name: sesTokenTag, Value: message.token }] }),
  });
  try {
    const answer = await client.send(command, { abortSignal: AbortSignal.timeout(timeoutMs) });
    return { kind: "delivered", replyCode: answer.$metadata.httpStatusCode ?? 200 };
  } catch (error) {
    return judge(error);
  }
}

function judge(error: unknown): HandOver {
  if (error instanceof SESv2ServiceException) {
    const replyCode = error.$metadata.httpStatusCode ?? 500;
    if (accountFaults.has(error.name)) return { kind: "unavailable", reason: `Amazon SES: ${error.name}` };
    if (slowDown.has(error.name) || replyCode === 429) return { kind: "deferred", replyCode, status: null };
    // Whether a server that failed has taken the message, nobody knows.
    if (replyCode >= 500) return { kind: "reply_lost" };
    return { kind: "refused", replyCode, status: null };
  }
  const code = codeOf(error);
  if (neverConnected.has(code)) return { kind: "unavailable", reason: `cannot reach Amazon SES: ${code}` };
  return { kind: "reply_lost" };
}

function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : "";
}
