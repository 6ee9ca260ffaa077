import type { Outcome } from "../ledger/claimed-block.ts";
import type { HandOver } from "../smtp/message-transport.ts";
import type { RetryPolicy } from "./sending.ts";

/** What one attempt means for a message: the only place that decides whether a message is tried again. */
export function outcomeOf(
  handOver: HandOver,
  message: { readonly ordinal: number; readonly attempts: number },
  retry: RetryPolicy,
  nowMs: number,
): Outcome {
  const final = {
    ordinal: message.ordinal,
    replyCode: null,
    status: null,
    dueMs: null,
    counted: true,
  } as const;
  switch (handOver.kind) {
    case "delivered":
      return { ...final, state: "handed_over", cause: null };
    case "refused":
      return { ...final, ...replyOf(handOver), state: "failed", cause: "refused" };
    case "gone":
      return { ...final, replyCode: handOver.replyCode, state: "failed", cause: "gone" };
    case "oversized":
      return { ...final, state: "failed", cause: "oversized" };
    case "reply_lost":
      // INVARIANT: a message that the server may have is never sent again by itself.
      return { ...final, state: "unknown", cause: "reply_lost" };
    case "unavailable":
      return { ...final, state: "planned", cause: null, counted: false };
    case "deferred":
    case "disconnected": {
      const reply = handOver.kind === "deferred" ? replyOf(handOver) : {};
      const tried = { ...final, ...reply, cause: handOver.kind } as const;
      if (message.attempts >= retry.attemptsMax) return { ...tried, state: "failed" };
      const askedMs = handOver.kind === "deferred" ? (handOver.retryAfterMs ?? 0) : 0;
      const waitMs = Math.min(retry.delayMaxMs, Math.max(askedMs, delayMs(message.attempts, retry)));
      return { ...tried, state: "planned", dueMs: nowMs + waitMs };
    }
  }
}

function replyOf({ replyCode, status }: { readonly replyCode: number; readonly status: string | null }): {
  readonly replyCode: number;
  readonly status: string | null;
} {
  return { replyCode, status };
}

/** Doubles with each attempt. */
export function delayMs(attempts: number, retry: RetryPolicy): number {
  return Math.min(retry.delayMaxMs, retry.firstDelayMs * 2 ** (attempts - 1));
}
