import { setTimeout as sleep } from "node:timers/promises";
import type { Audience } from "../facts/notice-facts.ts";
import { NoticeError } from "../errors.ts";
import { recordOutcomes, type Leased, type Outcome, type SenderSession } from "../ledger/sender-session.ts";
import type { HandOver } from "../smtp/message-transport.ts";
import { outcomeOf } from "./outcome-of.ts";
import {
  contactsPageMax,
  inFlightMaxDefault,
  retryDefault,
  unavailableMaxDefault,
  type Contact,
  type RetryPolicy,
  type Sending,
  type SendingEnd,
} from "./sending.ts";

/** Outcomes wait at most so long for others to go on record with. */
const recordWithinMs = 250;
/** How often a sender that waits (for a retry, for another sender) looks again. */
const lookAgainMs = 500;
const outagePauseFirstMs = 500;
const outagePauseMaxMs = 30_000;
/** How often and how far apart outcomes are brought to the database after the sender's connection to it was lost. */
const rescueAttempts = 5;
const rescuePauseMs = 1000;

/** One audience of a notice, from the first lease until each message is final or the sending ends. */
export class AudienceRun {
  readonly #sending: Sending;
  readonly #session: SenderSession;
  readonly #audience: Audience;
  readonly #inFlightMax: number;
  readonly #retry: RetryPolicy;

  /** Looked up and not leased yet, ascending. */
  #window: { ordinals: number[]; contacts: ReadonlyMap<number, Contact> } = {
    ordinals: [],
    contacts: new Map(),
  };
  #cursor = -1;
  #exhausted = false;
  /** Leased and without an outcome. */
  #sendingNow = 0;
  /** Outcomes that are not on record yet. */
  #outcomes: Outcome[] = [];
  #oldestOutcomeWaits = false;
  #recordTimer: NodeJS.Timeout | null = null;
  #wake: () => void = () => undefined;
  #failure: Error | null = null;
  #outages = 0;
  #outage: string | null = null;

  constructor(sending: Sending, session: SenderSession, audience: Audience) {
    this.#sending = sending;
    this.#session = session;
    this.#audience = audience;
    this.#inFlightMax = sending.inFlightMax ?? inFlightMaxDefault;
    this.#retry = sending.retry ?? retryDefault;
  }

  async run(): Promise<SendingEnd> {
    let end: SendingEnd | null = null;
    try {
      while (end === null) end = await this.#step();
    } catch (error) {
      await this.#drain();
      throw error;
    }
    await this.#drain();
    return end;
  }

  /** One look at what there is to do; null to go on. */
  async #step(): Promise<SendingEnd | null> {
    if (this.#failure !== null) throw this.#failure;
    if (this.#sending.signal.aborted) return { kind: "aborted" };
    if (this.#outage !== null) return this.#sitOut(this.#outage);
    if (this.#window.ordinals.length === 0) await this.#fillWindow();
    if (this.#window.ordinals.length === 0 && this.#inFlight() === 0) return this.#finishOrWait();

    const batch = Math.ceil(this.#inFlightMax / 2);
    // INVARIANT: in flight are all leased messages whose outcome is not on record: at most `inFlightMax`.
    const free = this.#inFlightMax - this.#sendingNow;
    const lease = Math.min(free, this.#window.ordinals.length);
    const due =
      lease >= batch || this.#outcomes.length >= batch || this.#sendingNow === 0 || this.#oldestOutcomeWaits;
    if (!due) {
      await this.#waitForOutcome();
      return null;
    }
    if (lease > 0) {
      const verdict = await this.#sending.claimsHold();
      if (!verdict.holds) {
        await this.#sending.ledger.stop(this.#sending.noticeNo, verdict.reason);
        return { kind: "stopped", reason: verdict.reason };
      }
    }
    const leased = await this.#turn(this.#window.ordinals.splice(0, lease));
    if (lease > 0 && leased.length === 0) return this.#stoppedElsewhere();
    for (const message of leased) this.#dispatch(message);
    return null;
  }

  #inFlight(): number {
    return this.#sendingNow + this.#outcomes.length;
  }

  async #fillWindow(): Promise<void> {
    if (this.#exhausted) return;
    const { clock, contacts } = this.#sending;
    const ordinals = await this.#session.window(this.#audience, this.#cursor, contactsPageMax, clock());
    const last = ordinals.at(-1);
    this.#exhausted = ordinals.length < contactsPageMax;
    if (last === undefined) return;
    this.#cursor = last;
    this.#window = { ordinals, contacts: await contacts(ordinals) };
  }

  async #turn(lease: readonly number[]): Promise<Leased[]> {
    const outcomes = this.#outcomes;
    this.#outcomes = [];
    this.#oldestOutcomeWaits = false;
    if (this.#recordTimer !== null) clearTimeout(this.#recordTimer);
    this.#recordTimer = null;
    try {
      return await this.#session.turn(outcomes, lease, this.#sending.clock());
    } catch (error) {
      this.#outcomes = [...outcomes, ...this.#outcomes];
      throw error;
    }
  }

  #dispatch({ ordinal, attempts }: Leased): void {
    const { clock, render, transport } = this.#sending;
    const contact = this.#window.contacts.get(ordinal);
    const email = contact?.email ?? null;
    const neverSent = { ordinal, state: "failed", replyCode: null, dueMs: null, counted: false } as const;
    if (contact === undefined || email === null || email === "") {
      this.#outcomes.push({ ...neverSent, cause: "no_contact" });
      return;
    }
    let message;
    try {
      message = render(this.#audience, { ...contact, email });
    } catch (error) {
      if (error instanceof NoticeError && error.code === "ERR_NOTICE_ADDRESS") {
        this.#outcomes.push({ ...neverSent, cause: "address" });
      } else {
        this.#outcomes.push({ ...neverSent, state: "planned", cause: null });
        this.#failure = asError(error);
      }
      return;
    }
    this.#sendingNow++;
    transport.send(message).then(
      (handOver) => {
        this.#noteOutage(handOver);
        this.#arrived(outcomeOf(handOver, { ordinal, attempts }, this.#retry, clock()));
      },
      (error: unknown) => {
        // A mistake of the program: whether the message went out is not known.
        this.#failure = asError(error);
        this.#arrived(outcomeOf({ kind: "reply_lost" }, { ordinal, attempts }, this.#retry, clock()));
      },
    );
  }

  #arrived(outcome: Outcome): void {
    this.#sendingNow--;
    this.#outcomes.push(outcome);
    this.#recordTimer ??= setTimeout(() => {
      this.#oldestOutcomeWaits = true;
      this.#wake();
    }, recordWithinMs);
    this.#wake();
  }

  #waitForOutcome(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve;
    });
  }

  #noteOutage(handOver: HandOver): void {
    if (handOver.kind === "unavailable") this.#outage = handOver.reason;
    else this.#outages = 0;
  }

  /** Everything waits for the mail server; whoever was to be sent to is planned again. */
  async #sitOut(reason: string): Promise<SendingEnd | null> {
    await this.#drain();
    this.#outage = null;
    this.#outages++;
    if (this.#outages >= (this.#sending.unavailableMax ?? unavailableMaxDefault))
      return { kind: "unavailable", reason };
    await this.#rest(Math.min(outagePauseMaxMs, outagePauseFirstMs * 2 ** (this.#outages - 1)));
    this.#startOver();
    return null;
  }

  #startOver(): void {
    this.#window = { ordinals: [], contacts: new Map() };
    this.#cursor = -1;
    this.#exhausted = false;
  }

  /** The window is through and nothing is in flight: done, or something waits for a retry or for another sender. */
  async #finishOrWait(): Promise<SendingEnd | null> {
    const nowMs = this.#sending.clock();
    const recovered = await this.#session.recoverDead(nowMs);
    const { planned, sending, nextDueMs } = await this.#session.remaining(this.#audience);
    if (planned === 0 && sending === 0) return { kind: "done" };
    const dueNow = planned > 0 && (nextDueMs === null || nextDueMs <= nowMs);
    if (!dueNow && recovered === 0) {
      const waitMs = planned > 0 && nextDueMs !== null ? nextDueMs - nowMs : lookAgainMs;
      await this.#rest(Math.min(lookAgainMs, waitMs));
    }
    this.#startOver();
    return null;
  }

  /** Others have taken the whole batch, or somebody stopped the notice. */
  async #stoppedElsewhere(): Promise<SendingEnd | null> {
    const notice = await this.#sending.ledger.read(this.#sending.noticeNo);
    return notice.stopped === null ? null : { kind: "stopped", reason: notice.stopped.reason };
  }

  async #rest(ms: number): Promise<void> {
    // Ended early by the signal, which the next step sees.
    await sleep(Math.max(1, ms), undefined, { signal: this.#sending.signal }).catch(() => undefined);
  }

  /** Waits for what is in flight and records it, over another connection if need be. */
  async #drain(): Promise<void> {
    while (this.#sendingNow > 0) await this.#waitForOutcome();
    if (this.#outcomes.length === 0) return;
    try {
      await this.#turn([]);
      return;
    } catch (error) {
      await this.#rescue(error);
    }
    throw new NoticeError(
      "ERR_NOTICE_LEDGER",
      "the connection to the ledger was lost in the middle of sending",
    );
  }

  async #rescue(lost: unknown): Promise<void> {
    const { ledger, noticeNo, clock } = this.#sending;
    for (let attempt = 1; ; attempt++) {
      try {
        await recordOutcomes(ledger.database, noticeNo, this.#session.senderNo, this.#outcomes, clock());
        this.#outcomes = [];
        return;
      } catch (error) {
        if (attempt === rescueAttempts) {
          throw new NoticeError(
            "ERR_NOTICE_LEDGER",
            `the outcome of ${this.#outcomes.length} messages could not be recorded`,
            {
              cause: new AggregateError([lost, error]),
              hint: "they will be `unknown`",
            },
          );
        }
      }
      await sleep(rescuePauseMs);
    }
  }
}

function asError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new TypeError(String(thrown));
}
