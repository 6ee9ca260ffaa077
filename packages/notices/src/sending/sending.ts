import type { Audience } from "../facts/notice-facts.ts";
import type { DeliveryLedger } from "../ledger/delivery-ledger.ts";
import type { MessageTransport, OutgoingMessage, Transport } from "../smtp/message-transport.ts";
import type { Pace } from "./pace.ts";

/** Where one account can be written to. */
export type Contact = {
  readonly accountId: string;
  /** Null when the directory has none. */
  readonly email: string | null;
  /** BCP 47; null when the directory has none. */
  readonly locale: string | null;
  /** ISO 3166-1 alpha-2: for quiet hours. */
  readonly market?: string | null;
  /** True: every address of theirs has said for good that it is none. */
  readonly suppressed?: boolean;
};

export type ClaimsVerdict = { readonly holds: true } | { readonly holds: false; readonly reason: string };

/** How often and when a message is tried again after a 4xx or a lost connection. */
export type RetryPolicy = {
  readonly attemptsMax: number;
  /** The wait after the first attempt; each further one is twice as long, up to `delayMaxMs`. */
  readonly firstDelayMs: number;
  readonly delayMaxMs: number;
};

/** What all channels have in common. */
export type SendingTerms<Person extends Contact> = {
  readonly ledger: DeliveryLedger;
  readonly noticeNo: number;
  /** Contacts by ordinal, asked for in pages of ascending ordinals (at most `contactsPageMax`); whoever lacks one is missing. */
  readonly contacts: (ordinals: readonly number[]) => Promise<ReadonlyMap<number, Person>>;
  /** Asked before every batch. */
  readonly claimsHold: () => Promise<ClaimsVerdict>;
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
  /** Once aborted, nothing new is sent; what is in flight is finished and recorded. */
  readonly signal: AbortSignal;
  /** Messages that may be leased at a time, and so the most a crash can leave `unknown`. Default `inFlightMaxDefault`. */
  readonly inFlightMax?: number;
  readonly retry?: RetryPolicy;
  /** Connection failures in a row before `unavailable` is the end. Default `unavailableMaxDefault`. */
  readonly unavailableMax?: number;
  /** Rates and quiet hours; without it as fast as the transport takes it. */
  readonly pace?: Pace;
};

/** One message, made ready before it is leased. */
export type Prepared<Message> = {
  readonly message: Message;
  /** Digest of the statements it makes; null when nobody needs to know later. */
  readonly statements: string | null;
  /** Whose rate it counts against: the domain of an address, the host of an endpoint. */
  readonly destination: string;
};

/** A channel's sending: how a person's message is made, and by which way it goes. */
export type Delivery<Message, Person extends Contact = Contact> = SendingTerms<Person> & {
  readonly transport: Transport<Message>;
  /** Null for somebody who can't be reached by this channel. Throws `ERR_NOTICE_ADDRESS` for a contact that nothing can carry. */
  readonly prepare: (audience: Audience, contact: Person, ordinal: number) => Prepared<Message> | null;
  /** As `destination`, without making the message; null when the person can't be reached. */
  readonly destination: (contact: Person) => string | null;
};

/** A mailing by e-mail. */
export type Sending = SendingTerms<Contact> & {
  readonly transport: MessageTransport;
  /** Throws `ERR_NOTICE_ADDRESS` for a contact that no envelope can carry: it is then counted as failed. */
  readonly render: (audience: Audience, contact: Contact & { readonly email: string }) => OutgoingMessage;
  /**
   * `bounces@overture.example`: bounces come back to `bounces+TOKEN@…`, so that each tells whom it is about (VERP). Without it
   * they come back to the sender's own address.
   */
  readonly bounceAddress?: string | null;
};

/**
 * Why sending ended. `done`: every message is final. `stopped`: a claim does not hold any more (recorded, stays until
 * `ledger.resume`). `halted`: somebody stopped it by hand. `aborted`: by the signal. `unavailable`: the mail server could not
 * be reached so many times in a row.
 */
export type SendingEnd =
  | { readonly kind: "done" }
  | { readonly kind: "stopped"; readonly reason: string }
  | { readonly kind: "halted"; readonly reason: string }
  | { readonly kind: "aborted" }
  | { readonly kind: "unavailable"; readonly reason: string };

/** INVARIANT: at most so many messages of one worker are leased, so at most so many become `unknown` when it dies. */
export const inFlightMaxDefault = 64;
/** Contacts that are read ahead. */
export const contactsPageMax = 4096;
export const unavailableMaxDefault = 10;
/** 1, 2, 4, 8 … minutes: five attempts within a quarter of an hour. */
export const retryDefault: RetryPolicy = { attemptsMax: 5, firstDelayMs: 60_000, delayMaxMs: 3_600_000 };
