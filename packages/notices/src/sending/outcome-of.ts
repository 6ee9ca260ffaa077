import type { Outcome } from "../ledger/sender-session.ts";
import type { HandOver } from "../smtp/message-transport.ts";
import type { RetryPolicy } from "./sending.ts";

/** What one attempt means for a message: the only place that decides whether a message is tried again. */
export function outcomeOf(
  handOver: HandOver,
  message: { readonly ordinal: number; readonly attempts: number },
  retry: RetryPolicy,
  nowMs: number,
): Outcome {
  const { ordinal } = message;
  switch (handOver.kind) {
    case "delivered":
      return { ...final, ordinal, state: "delivered", cause: null, replyCode: handOver.replyCode };
    case "refused":
      return { ...final, ordinal, state: "failed", cause: "refused", replyCode: handOver.replyCode };
    case "oversized":
      return { ...final, ordinal, state: "failed", cause: "oversized", replyCode: null };
    case "reply_lost":
      // INVARIANT: a message that the server may have is never sent again by itself.
      return { ...final, ordinal, state: "unknown", cause: "reply_lost", replyCode: null };
    case "unavailable":
      return { ordinal, state: "planned", cause: null, replyCode: null, dueMs: null, counted: false };
    case "deferred":
    case "disconnected": {
      const tried = {
        ordinal,
        cause: handOver.kind,
        replyCode: handOver.kind === "deferred" ? handOver.replyCode : null,
      };
      if (message.attempts >= retry.attemptsMax) return { ...final, ...tried, state: "failed" };
      return { ...tried, state: "planned", dueMs: nowMs + delayMs(message.attempts, retry), counted: true };
    }
  }
}

const final = { dueMs: null, counted: true } as const;

/** Doubles with each attempt. */
function delayMs(attempts: number, retry: RetryPolicy): number {
  return Math.min(retry.delayMaxMs, retry.firstDelayMs * 2 ** (attempts - 1));
}
