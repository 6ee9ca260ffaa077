import type { Audience } from "../facts/notice-facts.ts";

/**
 * The fate of one message. `planned` and `sending` are on the way; the rest is final.
 * `unknown`: its bytes may have reached the server, but no reply is on record; it is never sent again by itself.
 */
export const deliveryStates = ["planned", "sending", "delivered", "failed", "unknown"] as const;
export type DeliveryState = (typeof deliveryStates)[number];

/**
 * Why a message failed or waits: `no_contact` (the directory has no address), `address` (one that no envelope can
 * carry), `refused` (5xx), `deferred` (4xx), `disconnected` (lost before the message was handed over), `worker_lost`
 * and `reply_lost` (both of `unknown`: the sender, or the reply to the message, was lost), `oversized` (over the server's limit).
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
] as const;
export type DeliveryCause = (typeof deliveryCauses)[number];

export type StateCounts = { readonly [state in DeliveryState]: number };

export type NoticeCounts = StateCounts & {
  readonly affected: StateCounts;
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
  readonly state: Exclude<DeliveryState, "delivered"> | "unreachable";
  readonly cause: DeliveryCause | null;
  readonly attempts: number;
  /** The SMTP reply code of the last attempt. */
  readonly replyCode: number | null;
  /** Milliseconds since the epoch. Null while nothing has happened to it. */
  readonly changedAtMs: number | null;
};
