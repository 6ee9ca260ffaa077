import type { Audience } from "../facts/notice-facts.ts";

/**
 * The fate of one message. `planned` and `leased` are on the way; the rest is final but for what comes back later:
 * `handed_over` (the server or provider took it) may become `confirmed` (the provider says it was delivered) or `bounced`.
 * `unknown`: its bytes may have reached the server, but no reply is on record; it is never sent again by itself.
 */
export const deliveryStates = [
  "planned",
  "leased",
  "handed_over",
  "confirmed",
  "bounced",
  "failed",
  "unknown",
] as const;
export type DeliveryState = (typeof deliveryStates)[number];

/**
 * Why a message failed or waits: `no_contact` (the directory has no address), `address` (one that no envelope can
 * carry), `refused` (5xx), `deferred` (4xx), `disconnected` (lost before the message was handed over), `worker_lost`
 * and `reply_lost` (both of `unknown`: the sender, or the reply to the message, was lost), `oversized` (over the server's
 * limit), `suppressed` (its address has said for good that it is none: not tried again), `gone` (the push subscription or webhook no longer exists), `bounced` (came back later), `complained` (delivered, and
 * called unwanted).
 */
export const deliveryCauses = [
  "no_contact",
  "address",
  "oversized",
  "refused",
  "deferred",
  "disconnected",
  "worker_lost",
  "reply_lost",
  "gone",
  "suppressed",
  "bounced",
  "complained",
] as const;
export type DeliveryCause = (typeof deliveryCauses)[number];

export const channels = ["email", "push", "webhook"] as const;
/** A way to people; each has a ledger of its own for a notice. */
export type Channel = (typeof channels)[number];

export type StateCounts = { readonly [state in DeliveryState]: number };

export type NoticeCounts = StateCounts & {
  readonly affected: StateCounts;
  /** Everybody else, whatever the audience. */
  readonly general: StateCounts;
  /** People whom the evidence names and the directory lacks: no message can be planned for them. */
  readonly unreachable: number;
};

/** One person who was not (for certain) sent the notice. */
export type NotSent = {
  readonly audience: Audience;
  /** Null for a person whom the directory lacks. */
  readonly ordinal: number | null;
  /** Only for a person whom the directory lacks; else the directory tells. */
  readonly accountId: string | null;
  readonly state: Exclude<DeliveryState, "handed_over" | "confirmed"> | "unreachable";
  readonly cause: DeliveryCause | null;
  readonly attempts: number;
  /** The reply code of the last attempt: SMTP, or HTTP for providers, push and webhooks. */
  readonly replyCode: number | null;
  /** The enhanced status code (RFC 3463) of the last attempt or of the bounce. */
  readonly status: string | null;
  /** Milliseconds since the epoch. Null while nothing has happened to it. */
  readonly changedAtMs: number | null;
};

/** True for a message that reached the server or the person, as far as anybody knows. */
export function isSent(state: DeliveryState): state is "handed_over" | "confirmed" {
  return state === "handed_over" || state === "confirmed";
}
