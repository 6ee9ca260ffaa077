import type { Audience } from "../facts/notice-facts.ts";
import type { DeliveryCause, DeliveryState } from "./delivery-state.ts";
import type { BlockRow, DetailRow } from "./edit-block.ts";
import { PackedBlock, peoplePerBlock } from "./packed-block.ts";
import type { BlockWrite, Detail } from "./write-blocks.ts";

/** What became of one attempt, as it goes on record. */
export type Outcome = {
  readonly ordinal: number;
  /** `planned`: to be tried again. */
  readonly state: Exclude<DeliveryState, "leased">;
  readonly cause: DeliveryCause | null;
  readonly replyCode: number | null;
  readonly status: string | null;
  /** When to try again, in milliseconds since the epoch; null for at once or never. */
  readonly dueMs: number | null;
  /** False when the attempt is not to be counted: nothing was tried, or nothing could be sent to anybody. */
  readonly counted: boolean;
};

/**
 * A block that one sender works on, in memory: what is on record, and what is not yet. INVARIANT: only its sender plans or
 * leases people of it; others may change those whose fate is past that.
 */
export class ClaimedBlock {
  readonly blockNo: number;
  readonly #senderNo: number;
  #version: number;
  #packed: PackedBlock;
  /** People changed since the block was last on record, and what there is to tell of them; null: nothing any more. */
  readonly #changed = new Map<number, Detail | null | undefined>();
  readonly #attempts = new Map<number, number>();
  readonly #dueMs = new Map<number, number>();
  readonly #leased = new Set<number>();

  constructor(row: BlockRow, details: readonly DetailRow[], senderNo: number) {
    this.blockNo = row.block_no;
    this.#senderNo = senderNo;
    this.#version = row.version;
    this.#packed = new PackedBlock(Buffer.from(row.states));
    for (const { ordinal, attempts, due_ms: due } of details) {
      this.#attempts.set(ordinal, attempts);
      if (due !== null) this.#dueMs.set(ordinal, Number(due));
    }
  }

  get isChanged(): boolean {
    return this.#changed.size > 0;
  }

  /** Nothing is leased, so it may be given back. */
  get isIdle(): boolean {
    return this.#leased.size === 0;
  }

  audience(ordinal: number): Audience {
    const audience = this.#packed.audience(this.#index(ordinal));
    if (audience === null) throw new TypeError("somebody who is not planned");
    return audience;
  }

  /** Attempts so far, that of a lease included. */
  attempts(ordinal: number): number {
    return this.#attempts.get(ordinal) ?? 0;
  }

  /** Planned people of an audience (null: everybody), ascending, with when they are due. */
  *planned(only: Audience | null): Generator<{ readonly ordinal: number; readonly dueMs: number | null }> {
    for (let index = 0; index < peoplePerBlock; index++) {
      if (this.#packed.state(index) !== "planned") continue;
      if (only !== null && this.#packed.audience(index) !== only) continue;
      const ordinal = this.blockNo * peoplePerBlock + index;
      yield { ordinal, dueMs: this.#dueMs.get(ordinal) ?? null };
    }
  }

  lease(ordinal: number, statementSet: number): void {
    const index = this.#index(ordinal);
    this.#packed.setState(index, "leased");
    this.#packed.setStatementSet(index, statementSet);
    this.#leased.add(ordinal);
    this.#attempts.set(ordinal, this.attempts(ordinal) + 1);
    this.#dueMs.delete(ordinal);
    if (!this.#changed.has(ordinal)) this.#changed.set(ordinal, undefined);
  }

  /** Takes back a lease that did not come on record. */
  unlease(ordinal: number): void {
    this.#packed.setState(this.#index(ordinal), "planned");
    this.#leased.delete(ordinal);
    this.#attempts.set(ordinal, this.attempts(ordinal) - 1);
  }

  settle(outcome: Outcome): void {
    const { ordinal, state, cause, replyCode, status, dueMs, counted } = outcome;
    this.#packed.setState(this.#index(ordinal), state);
    const wasLeased = this.#leased.delete(ordinal);
    const attempts = this.attempts(ordinal) - (wasLeased && !counted ? 1 : 0);
    const hasNothingToTell = cause === null && (state !== "planned" || attempts === 0);
    if (hasNothingToTell) this.#attempts.delete(ordinal);
    else this.#attempts.set(ordinal, attempts);
    if (dueMs === null) this.#dueMs.delete(ordinal);
    else this.#dueMs.set(ordinal, dueMs);
    this.#changed.set(
      ordinal,
      hasNothingToTell
        ? null
        : { ordinal, attempts, cause, replyCode, status, dueMs, senderNo: this.#senderNo },
    );
  }

  /** When the first planned person is due; null for at once or when nobody is planned. */
  nextDueMs(held: (ordinal: number) => number | null): number | null {
    let first = Infinity;
    for (const { ordinal, dueMs } of this.planned(null)) {
      const due = Math.max(dueMs ?? 0, held(ordinal) ?? 0);
      if (due === 0) return null;
      first = Math.min(first, due);
    }
    return first === Infinity ? null : first;
  }

  write(release: { readonly dueMs: number | null } | null): BlockWrite {
    return {
      blockNo: this.blockNo,
      version: this.#version,
      packed: this.#packed,
      dueMs: release?.dueMs ?? null,
      senderNo: release === null ? this.#senderNo : null,
    };
  }

  details(): Detail[] {
    return [...this.#changed.values()].filter((detail) => detail !== null && detail !== undefined);
  }

  cleared(): number[] {
    return [...this.#changed].flatMap(([ordinal, detail]) => (detail === null ? [ordinal] : []));
  }

  written(): void {
    this.#version++;
    this.#changed.clear();
  }

  /** Somebody else wrote it: theirs, with what is not on record yet put over it. */
  reread(row: BlockRow): void {
    const packed = new PackedBlock(Buffer.from(row.states));
    for (const ordinal of this.#changed.keys()) {
      const index = this.#index(ordinal);
      packed.setCell(index, this.#packed.cell(index));
    }
    this.#packed = packed;
    this.#version = row.version;
  }

  #index(ordinal: number): number {
    return ordinal - this.blockNo * peoplePerBlock;
  }
}
