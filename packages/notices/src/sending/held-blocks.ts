import type { Audience } from "../facts/notice-facts.ts";
import type { ClaimedBlock } from "../ledger/claimed-block.ts";
import { peoplePerBlock } from "../ledger/packed-block.ts";
import type { Contact } from "./sending.ts";

/** How long somebody may have to wait for a block to be kept rather than given back. */
const keepForMs = 5000;

type Held<Person> = {
  readonly block: ClaimedBlock;
  /** To be sent to now, ascending. */
  readonly queue: number[];
  /** To be sent to later, with when. */
  readonly later: Map<number, number>;
  readonly contacts: ReadonlyMap<number, Person>;
};

/** The blocks of one sender, and who of them is next. */
export class HeldBlocks<Person extends Contact> {
  readonly #held = new Map<number, Held<Person>>();

  get size(): number {
    return this.#held.size;
  }

  get blocks(): ClaimedBlock[] {
    return [...this.#held.values()].map(({ block }) => block);
  }

  add(
    block: ClaimedBlock,
    only: Audience | null,
    contacts: ReadonlyMap<number, Person>,
    nowMs: number,
  ): void {
    const queue: number[] = [];
    const later = new Map<number, number>();
    for (const { ordinal, dueMs } of block.planned(only)) {
      if (dueMs === null || dueMs <= nowMs) queue.push(ordinal);
      else later.set(ordinal, dueMs);
    }
    this.#held.set(block.blockNo, { block, queue, later, contacts });
  }

  blockOf(ordinal: number): ClaimedBlock {
    return this.#of(ordinal).block;
  }

  contact(ordinal: number): Person | undefined {
    return this.#of(ordinal).contacts.get(ordinal);
  }

  /** Takes up to `limit` people out who can be sent to now. */
  take(limit: number, nowMs: number): number[] {
    const taken: number[] = [];
    for (const held of this.#held.values()) {
      if (taken.length >= limit) break;
      for (const [ordinal, dueMs] of held.later) {
        if (dueMs > nowMs) continue;
        held.later.delete(ordinal);
        held.queue.push(ordinal);
      }
      taken.push(...held.queue.splice(0, limit - taken.length));
    }
    return taken;
  }

  /** Puts somebody back: at once, or until then. */
  putBack(ordinal: number, untilMs: number | null): void {
    const held = this.#of(ordinal);
    if (untilMs === null) held.queue.unshift(ordinal);
    else held.later.set(ordinal, untilMs);
  }

  /** When the next one of those who wait may be sent to; null when nobody waits. */
  nextDueMs(): number | null {
    const all = [...this.#held.values()].flatMap(({ later }) => [...later.values()]);
    return all.length === 0 ? null : all.reduce((least, one) => Math.min(least, one));
  }

  /** Blocks with nobody left to send to soon and nothing in flight, with when somebody in them is due; all idle ones at the end. */
  finished(nowMs: number, atEnd: boolean): Map<ClaimedBlock, { readonly dueMs: number | null }> {
    const given = new Map<ClaimedBlock, { readonly dueMs: number | null }>();
    for (const { block, queue, later } of this.#held.values()) {
      if (!block.isIdle) continue;
      const isWaiting = queue.length > 0 || [...later.values()].some((dueMs) => dueMs <= nowMs + keepForMs);
      if (isWaiting && !atEnd) continue;
      given.set(block, { dueMs: block.nextDueMs((ordinal) => later.get(ordinal) ?? null) });
    }
    return given;
  }

  drop(block: ClaimedBlock): void {
    this.#held.delete(block.blockNo);
  }

  #of(ordinal: number): Held<Person> {
    const held = this.#held.get(Math.floor(ordinal / peoplePerBlock));
    if (held === undefined) throw new TypeError("somebody of a block that is not held");
    return held;
  }
}
