import type { Audience } from "../facts/notice-facts.ts";
import type { DeliveryLedger } from "../ledger/delivery-ledger.ts";
import type { MessageTransport, OutgoingMessage } from "../smtp/message-transport.ts";

/** Where one account can be written to. */
export type Contact = {
  readonly accountId: string;
  /** Null when the directory has none. */
  readonly email: string | null;
  /** BCP 47; null when the directory has none. */
  readonly locale: string | null;
};

export type ClaimsVerdict = { readonly holds: true } | { readonly holds: false; readonly reason: string };

/** How often and when a message is tried again after a 4xx or a lost connection. */
export type RetryPolicy = {
  readonly attemptsMax: number;
  /** The wait after the first attempt; each further one is twice as long, up to `delayMaxMs`. */
  readonly firstDelayMs: number;
  readonly delayMaxMs: number;
};

export type Sending = {
  readonly ledger: DeliveryLedger;
  readonly noticeNo: number;
  readonly transport: MessageTransport;
  /** Throws `ERR_NOTICE_ADDRESS` for a contact that no envelope can carry: it is then counted as failed. */
  readonly render: (audience: Audience, contact: Contact & { readonly email: string }) => OutgoingMessage;
  /** Contacts by ordinal, asked for in pages of ascending ordinals (at most `contactsPageMax`); whoever lacks one is missing. */
  readonly contacts: (ordinals: readonly number[]) => Promise<ReadonlyMap<number, Contact>>;
  /** Asked before every batch. */
  readonly claimsHold: () => Promise<ClaimsVerdict>;
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
  /** Once aborted, nothing new is sent; what is in flight is finished and recorded. */
  readonly signal: AbortSignal;
  /** Messages that may be in state `sending` at a time, and so the most a crash can leave `unknown`. Default `inFlightMaxDefault`. */
  readonly inFlightMax?: number;
  readonly retry?: RetryPolicy;
  /** Connection failures in a row before `unavailable` is the end. Default `unavailableMaxDefault`. */
  readonly unavailableMax?: number;
};

/**
 * Why sending ended. `done`: every message is final. `stopped`: a claim does not hold any more (recorded, stays until
 * `ledger.resume`). `aborted`: by the signal. `unavailable`: the mail server could not be reached so many times in a row.
 */
export type SendingEnd =
  | { readonly kind: "done" }
  | { readonly kind: "stopped"; readonly reason: string }
  | { readonly kind: "aborted" }
  | { readonly kind: "unavailable"; readonly reason: string };

/** INVARIANT: at most so many messages of one worker are in `sending`, so at most so many become `unknown` when it dies. */
export const inFlightMaxDefault = 64;
/** Contacts that are read ahead. */
export const contactsPageMax = 4096;
export const unavailableMaxDefault = 10;
/** 1, 2, 4, 8 … minutes: five attempts within a quarter of an hour. */
export const retryDefault: RetryPolicy = { attemptsMax: 5, firstDelayMs: 60_000, delayMaxMs: 3_600_000 };
