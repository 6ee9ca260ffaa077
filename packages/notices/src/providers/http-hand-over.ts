import type { HandOver } from "../smtp/message-transport.ts";

type HttpMessage = {
  readonly fetch: typeof fetch;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array<ArrayBuffer>;
  readonly timeoutMs: number;
  /** Statuses that are not the message's fault: everything waits. */
  readonly accountFaults: readonly number[];
  /** Statuses that say that the recipient is no more. */
  readonly gone?: readonly number[];
  /** True where each recipient has a server of their own: one that can't be reached keeps nobody else waiting. */
  readonly isRecipientsServer?: boolean;
};

/** Codes of a connection that never stood: nothing of the request left. */
const neverConnected: ReadonlySet<string> = new Set([
  "ECONNREFUSED",
  "ENOTFOUND",
  "EAI_AGAIN",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "UND_ERR_CONNECT_TIMEOUT",
]);
const tooMany: ReadonlySet<number> = new Set([408, 420, 425, 429, 503]);

/** Hands one message over by one POST, never repeated and never redirected, and says what became of it. */
export async function httpHandOver(message: HttpMessage): Promise<HandOver> {
  const { url, headers, body, timeoutMs } = message;
  let response: Response;
  try {
    response = await message.fetch(url, {
      method: "POST",
      headers,
      body,
      redirect: "manual",
      signal: AbortSignal.timeout(timeoutMs),
    });
    await response.body?.cancel();
  } catch (error) {
    const code = causeCode(error);
    if (!neverConnected.has(code)) return { kind: "reply_lost" };
    return message.isRecipientsServer === true
      ? { kind: "disconnected" }
      : { kind: "unavailable", reason: `cannot reach \`${new URL(url).host}\`: ${code}` };
  }
  const { status: replyCode } = response;
  if (replyCode >= 200 && replyCode < 300) return { kind: "delivered", replyCode };
  if (message.accountFaults.includes(replyCode)) {
    return { kind: "unavailable", reason: `\`${new URL(url).host}\` refuses the account (${replyCode})` };
  }
  if (message.gone?.includes(replyCode) === true) return { kind: "gone", replyCode };
  if (tooMany.has(replyCode)) {
    const retryAfterMs = retryAfter(response.headers.get("retry-after"));
    return { kind: "deferred", replyCode, status: null, ...(retryAfterMs === null ? {} : { retryAfterMs }) };
  }
  // Whether a server that failed has taken the message, nobody knows.
  return replyCode >= 500 ? { kind: "reply_lost" } : { kind: "refused", replyCode, status: null };
}

/** RFC 9110 10.2.3, in seconds; a date is left alone, for it needs the server's clock. */
function retryAfter(value: string | null): number | null {
  return value !== null && /^\d{1,6}$/.test(value) ? Number(value) * 1000 : null;
}

function causeCode(error: unknown): string {
  const cause: unknown = error instanceof Error ? error.cause : null;
  return cause instanceof Error && "code" in cause && typeof cause.code === "string" ? cause.code : "";
}
