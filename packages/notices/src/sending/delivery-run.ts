import { setTimeout as sleep } from "node:timers/promises";
import type { Audience } from "../facts/notice-facts.ts";
import { NoticeError } from "../errors.ts";
import type { Outcome } from "../ledger/claimed-block.ts";
import { peoplePerBlock } from "../ledger/packed-block.ts";
import { recordLate, type Lease, type SenderSession } from "../ledger/sender-session.ts";
import type { HandOver } from "../smtp/message-transport.ts";
import { HeldBlocks } from "./held-blocks.ts";
import { outcomeOf } from "./outcome-of.ts";
import { unpaced } from "./pace.ts";
import { Pacer } from "./pacer.ts";
import {
  contactsPageMax,
  inFlightMaxDefault,
  retryDefault,
  unavailableMaxDefault,
  type Contact,
  type Delivery,
  type Prepared,
  type RetryPolicy,
  type SendingEnd,
} from "./sending.ts";

/** Blocks that one sender works on at a time: few, so that several senders share what is left evenly to the end. */
const blocksMax = 2;
/** Outcomes wait at most so long for others to go on record with. */
const recordWithinMs = 250;
/** How often a sender that waits (for a retry, for another sender) looks again. */
const lookAgainMs = 500;
const outagePauseFirstMs = 500;
const outagePauseMaxMs = 30_000;
/** How often and how far apart outcomes are brought to the database after the sender's connection to it was lost. */
const rescueAttempts = 5;
const rescuePauseMs = 1000;

const untouched = { replyCode: null, status: null, dueMs: null, counted: false } as const;

type Ready<Message> = Lease & { readonly prepared: Prepared<Message> };

/** The affected of a notice, or everybody else (null), from the first lease until each message is final or the sending ends. */
export class DeliveryRun<Message, Person extends Contact> {
  readonly #delivery: Delivery<Message, Person>;
  readonly #session: SenderSession;
  readonly #only: Audience | null;
  readonly #inFlightMax: number;
  readonly #retry: RetryPolicy;
  readonly #pacer: Pacer;

  readonly #held = new HeldBlocks<Person>();
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

  constructor(delivery: Delivery<Message, Person>, session: SenderSession, only: Audience | null) {
    this.#delivery = delivery;
    this.#session = session;
    this.#only = only;
    this.#inFlightMax = delivery.inFlightMax ?? inFlightMaxDefault;
    this.#retry = delivery.retry ?? retryDefault;
    this.#pacer = new Pacer(delivery.pace ?? unpaced, this.#retry);
  }

  async run(): Promise<SendingEnd> {
    let end: SendingEnd | null = null;
    try {
      while (end === null) end = await this.#step();
    } catch (error) {
      await this.#drain(true);
      throw error;
    }
    await this.#drain(true);
    return end;
  }

  /** One look at what there is to do; null to go on. */
  async #step(): Promise<SendingEnd | null> {
    if (this.#failure !== null) throw this.#failure;
    if (this.#delivery.signal.aborted) return { kind: "aborted" };
    if (this.#outage !== null) return this.#sitOut(this.#outage);

    const batch = Math.ceil(this.#inFlightMax / 2);
    // INVARIANT: in flight are all leased messages whose outcome is not on record: at most `inFlightMax`.
    const free = this.#inFlightMax - this.#sendingNow - this.#outcomes.length;
    const hasOutcomes =
      this.#outcomes.length >= batch ||
      (this.#outcomes.length > 0 && (this.#oldestOutcomeWaits || this.#sendingNow === 0));
    // Recording makes room: a turn that records leases as many anew.
    const room = hasOutcomes ? free + this.#outcomes.length : free;
    const isTurn = room >= batch || this.#sendingNow === 0 || hasOutcomes;
    // Asked side by side: both are over before anybody is leased.
    const [candidates, verdict] = isTurn
      ? await Promise.all([this.#choose(room), this.#delivery.claimsHold()])
      : [[], { holds: true } as const];
    if (candidates.length === 0 && !hasOutcomes) {
      if (this.#sendingNow > 0) {
        if (!(await this.#outcomeWithin(lookAgainMs))) this.#lookFromTheBeginning();
        return null;
      }
      if (this.#outcomes.length === 0) return this.#finishOrWait();
    }
    if (candidates.length > 0 && !verdict.holds) {
      for (const ordinal of candidates) this.#held.putBack(ordinal, null);
      await this.#delivery.ledger.stop(this.#delivery.noticeNo, verdict.reason);
      return { kind: "stopped", reason: verdict.reason };
    }
    const ready = await this.#prepare(candidates);
    const leased = await this.#turn(ready, false);
    if (ready.length > 0 && leased.length === 0) return this.#unlessStopped();
    for (const message of leased) this.#dispatch(message);
    return null;
  }

  /** People to send to now, of the blocks that are held and, when they give too few, of further ones. */
  async #choose(limit: number): Promise<readonly number[]> {
    const { clock } = this.#delivery;
    let chosen: number[] = [];
    for (;;) {
      const nowMs = clock();
      const taken = this.#held.take(limit - chosen.length, nowMs);
      const { admitted, held } = await this.#session.guard(
        this.#pacer.admit(
          this.#session.connection,
          taken.map((ordinal) => this.#candidate(ordinal)),
          nowMs,
        ),
      );
      for (const [ordinal, untilMs] of held) this.#held.putBack(ordinal, untilMs);
      chosen = [...chosen, ...admitted.map(({ ordinal }) => ordinal)];
      if (chosen.length >= limit) return chosen;
      if (taken.length > 0) continue;
      if (chosen.length > 0 || !(await this.#claim())) return chosen;
    }
  }

  #candidate(ordinal: number): Parameters<Pacer["admit"]>[1][number] {
    const contact = this.#held.contact(ordinal);
    return {
      ordinal,
      audience: this.#held.blockOf(ordinal).audience(ordinal),
      market: contact?.market ?? null,
      destination: contact === undefined ? null : this.#delivery.destination(contact),
    };
  }

  /** False when there is no further block, or no room for one. */
  async #claim(): Promise<boolean> {
    const { clock, contacts } = this.#delivery;
    const room = blocksMax - this.#held.size;
    if (this.#exhausted || room <= 0) return false;
    const claimed = await this.#session.claim(this.#only, this.#cursor, room, clock());
    this.#exhausted = claimed.length < room;
    this.#cursor = claimed.at(-1)?.blockNo ?? this.#cursor;
    const ordinals = claimed.flatMap((block) => [...block.planned(this.#only)].map(({ ordinal }) => ordinal));
    let known: ReadonlyMap<number, Person> = new Map();
    try {
      for (let from = 0; from < ordinals.length; from += contactsPageMax)
        known = new Map([...known, ...(await contacts(ordinals.slice(from, from + contactsPageMax)))]);
    } finally {
      // Also when the contacts can't be had: the blocks are given back at the end.
      const byBlock = Map.groupBy(known, ([ordinal]) => Math.floor(ordinal / peoplePerBlock));
      for (const block of claimed)
        this.#held.add(block, this.#only, new Map(byBlock.get(block.blockNo) ?? []), clock());
    }
    return claimed.length > 0;
  }

  /** Messages, made before anybody is leased; who can't be reached is settled without a lease. */
  async #prepare(ordinals: readonly number[]): Promise<readonly Ready<Message>[]> {
    const ready: Ready<Message>[] = [];
    for (const ordinal of ordinals) {
      const contact = this.#held.contact(ordinal);
      let prepared: Prepared<Message> | null;
      try {
        prepared =
          contact === undefined
            ? null
            : this.#delivery.prepare(this.#held.blockOf(ordinal).audience(ordinal), contact, ordinal);
      } catch (error) {
        const cause = faultOfContact(error);
        if (cause !== null) {
          this.#outcomes.push({ ordinal, state: "failed", cause, ...untouched });
        } else {
          this.#held.putBack(ordinal, null);
          this.#failure = asError(error);
        }
        continue;
      }
      if (prepared === null) {
        this.#outcomes.push({ ordinal, state: "failed", cause: "no_contact", ...untouched });
        continue;
      }
      const statementSet =
        prepared.statements === null ? 0 : await this.#session.statementSet(prepared.statements);
      ready.push({ ordinal, statementSet, prepared });
    }
    return ready;
  }

  /** Puts on record what came, leases what is ready, gives blocks back that are through. Returns what was leased. */
  async #turn(ready: readonly Ready<Message>[], atEnd: boolean): Promise<readonly Ready<Message>[]> {
    const outcomes = this.#outcomes;
    this.#outcomes = [];
    this.#oldestOutcomeWaits = false;
    if (this.#recordTimer !== null) clearTimeout(this.#recordTimer);
    this.#recordTimer = null;
    const nowMs = this.#delivery.clock();
    for (const outcome of outcomes) {
      this.#held.blockOf(outcome.ordinal).settle(outcome);
      if (outcome.state === "planned") this.#held.putBack(outcome.ordinal, outcome.dueMs);
    }
    const leasing = new Set(ready.map(({ ordinal }) => this.#held.blockOf(ordinal)));
    const given = this.#held.finished(nowMs, atEnd);
    for (const block of leasing) given.delete(block);
    try {
      const stood = new Set(
        (await this.#session.turn(this.#held.blocks, ready, given, nowMs)).map(({ ordinal }) => ordinal),
      );
      for (const block of given.keys()) this.#held.drop(block);
      for (const { ordinal } of ready) if (!stood.has(ordinal)) this.#held.putBack(ordinal, null);
      return ready.filter(({ ordinal }) => stood.has(ordinal));
    } catch (error) {
      this.#outcomes = [...outcomes, ...this.#outcomes];
      throw error;
    }
  }

  #dispatch({ ordinal, prepared }: Ready<Message>): void {
    const { clock, transport } = this.#delivery;
    const message = { ordinal, attempts: this.#held.blockOf(ordinal).attempts(ordinal) };
    this.#sendingNow++;
    transport.send(prepared.message).then(
      (handOver) => {
        this.#noteOutage(handOver);
        this.#pacer.note(prepared.destination, handOver, clock());
        this.#arrived(outcomeOf(handOver, message, this.#retry, clock()));
      },
      (error: unknown) => {
        // A mistake of the program: whether the message went out is not known.
        this.#failure = asError(error);
        this.#arrived(outcomeOf({ kind: "reply_lost" }, message, this.#retry, clock()));
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

  /** False when none came: one slow message does not keep those waiting who have become due meanwhile. */
  async #outcomeWithin(ms: number): Promise<boolean> {
    const over = new AbortController();
    const waited = sleep(ms, false, { signal: over.signal }).catch(() => true);
    const came = await Promise.race([this.#waitForOutcome().then(() => true), waited]);
    over.abort();
    return came;
  }

  #lookFromTheBeginning(): void {
    this.#cursor = -1;
    this.#exhausted = false;
  }

  #noteOutage(handOver: HandOver): void {
    if (handOver.kind === "unavailable") this.#outage = handOver.reason;
    else this.#outages = 0;
  }

  /** Everything waits for the server; whoever was to be sent to is planned again. */
  async #sitOut(reason: string): Promise<SendingEnd | null> {
    await this.#drain(false);
    this.#outage = null;
    this.#outages++;
    if (this.#outages >= (this.#delivery.unavailableMax ?? unavailableMaxDefault))
      return { kind: "unavailable", reason };
    await this.#rest(Math.min(outagePauseMaxMs, outagePauseFirstMs * 2 ** (this.#outages - 1)));
    return null;
  }

  /** Nothing is in flight and nobody can be sent to now: done, or somebody waits, or another sender is at it. */
  async #finishOrWait(): Promise<SendingEnd | null> {
    const nowMs = this.#delivery.clock();
    const ownDueMs = this.#held.nextDueMs();
    const given = this.#held.finished(nowMs, false);
    if (given.size > 0) {
      await this.#turn([], false);
      return null;
    }
    if (this.#held.size > 0 && ownDueMs !== null) {
      await this.#rest(Math.min(lookAgainMs, ownDueMs - nowMs));
      return this.#unlessStopped();
    }
    const recovered = await this.#session.recoverDead(nowMs);
    const { open, affectedOpen, unclaimed, nextDueMs } = await this.#session.remaining();
    if (this.#only === "affected" ? affectedOpen === 0 : open === 0) return { kind: "done" };
    const wasExhausted = this.#exhausted;
    this.#lookFromTheBeginning();
    const isDueNow = unclaimed > 0 && (nextDueMs === null || nextDueMs <= nowMs);
    // Whoever is due now and was not found is of the other part of the notice, or is claimed at the next look.
    if (recovered > 0 || (isDueNow && !wasExhausted)) return null;
    const waitMs = nextDueMs !== null && nextDueMs > nowMs ? nextDueMs - nowMs : lookAgainMs;
    await this.#rest(Math.min(lookAgainMs, waitMs));
    return this.#unlessStopped();
  }

  /** Null to go on; where it stopped, when others stopped it. Whoever only waits asks the claims as well. */
  async #unlessStopped(): Promise<SendingEnd | null> {
    const { ledger, noticeNo, claimsHold } = this.#delivery;
    const { stopped } = await ledger.read(noticeNo);
    if (stopped !== null) return { kind: stopped.halted ? "halted" : "stopped", reason: stopped.reason };
    const verdict = await claimsHold();
    if (verdict.holds) return null;
    await ledger.stop(noticeNo, verdict.reason);
    return { kind: "stopped", reason: verdict.reason };
  }

  async #rest(ms: number): Promise<void> {
    // Ended early by the signal, which the next step sees.
    await sleep(Math.max(1, ms), undefined, { signal: this.#delivery.signal }).catch(() => undefined);
  }

  /** Waits for what is in flight and records it, over another connection if need be; at the end all blocks are given back. */
  async #drain(atEnd: boolean): Promise<void> {
    while (this.#sendingNow > 0) await this.#waitForOutcome();
    if (this.#outcomes.length === 0 && (!atEnd || this.#held.size === 0)) return;
    try {
      await this.#turn([], atEnd);
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
    if (this.#outcomes.length === 0) return;
    const { ledger, noticeNo, clock } = this.#delivery;
    for (let attempt = 1; ; attempt++) {
      try {
        await recordLate(ledger.database, noticeNo, this.#session.senderNo, this.#outcomes, clock());
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

/** Null for an error that is not the person's address. */
function faultOfContact(error: unknown): "address" | "suppressed" | null {
  if (!(error instanceof NoticeError)) return null;
  if (error.code === "ERR_NOTICE_ADDRESS") return "address";
  return error.code === "ERR_NOTICE_SUPPRESSED" ? "suppressed" : null;
}

function asError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new TypeError(String(thrown));
}
