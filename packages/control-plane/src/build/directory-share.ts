import {
  Cascade,
  FingerprintSet,
  PassingLevel,
  type AccountHasher,
  type AccountHashes,
  type AccountSection,
  type FuseLevel,
} from "@cordon/bundle";
import type { IdBlock } from "./id-block.ts";
import { findListed, type ListedIds } from "./listed-ids.ts";

/** Who is in a cohort: the listed ids with these numbers, or the accounts with these ordinals; bit by bit. */
export interface MemberBits {
  readonly of: "listed" | "ordinals";
  readonly bits: Uint8Array;
}

/** Listed ids that are accounts. */
export interface FoundMembers {
  readonly listed: Uint32Array;
  readonly ordinals: Uint32Array;
}

/** Hashes of accounts of one block, in its order. */
export interface HashesOfBlock extends AccountHashes {
  readonly start: number;
}

interface HashedBlock {
  readonly start: number;
  readonly high: Uint32Array;
  readonly low: Uint32Array;
  readonly ordinals: Uint32Array | null;
  /** Which of its accounts are listed, ascending, and as which number. */
  readonly listedAt: Uint32Array;
  readonly listedAs: Uint32Array;
}

/** Hashes ids as bytes; the last hash is in `high` and `low`. */
export type BytesHasher = Pick<AccountHasher, "high" | "low" | "readBytes">;

/** A part of the directory as hashes: 8 bytes an account, 8 more for one that is listed. One thread's, or all of a small one. */
export class DirectoryShare {
  readonly #hasher: BytesHasher;
  readonly #listed: ListedIds;
  readonly #blocks: HashedBlock[] = [];

  constructor(hasher: BytesHasher, listed: ListedIds) {
    this.#hasher = hasher;
    this.#listed = listed;
  }

  add({ bytes, ends, ordinals, start }: IdBlock): FoundMembers {
    const count = ends.length;
    const high = new Uint32Array(count);
    const low = new Uint32Array(count);
    const at: number[] = [];
    const as: number[] = [];
    const isListing = this.#listed.ends.length > 0;
    const hasher = this.#hasher;
    let from = 0;
    for (let i = 0; i < count; i++) {
      const to = ends[i] ?? 0;
      hasher.readBytes(bytes, from, to);
      high[i] = hasher.high;
      low[i] = hasher.low;
      const number = isListing ? findListed(this.#listed, hasher, { bytes, from, to }) : -1;
      if (number >= 0) {
        at.push(i);
        as.push(number);
      }
      from = to;
    }
    const listedAt = Uint32Array.from(at);
    const listedAs = Uint32Array.from(as);
    this.#blocks.push({ start, high, low, ordinals, listedAt, listedAs });
    return { listed: listedAs.slice(), ordinals: listedAt.map((i) => ordinals?.[i] ?? start + i) };
  }

  /** Hashes of the members, or of all others. */
  select(members: MemberBits, areMembers: boolean): readonly HashesOfBlock[] {
    const wanted = areMembers ? 1 : 0;
    return this.#blocks.map((block) => {
      const flags = memberFlags(block, members);
      let count = 0;
      for (const flag of flags) if (flag === wanted) count++;
      const high = new Uint32Array(count);
      const low = new Uint32Array(count);
      let filled = 0;
      for (let i = 0; i < flags.length; i++) {
        if (flags[i] !== wanted) continue;
        high[filled] = block.high[i] ?? 0;
        low[filled] = block.low[i] ?? 0;
        filled++;
      }
      return { start: block.start, count, high, low };
    });
  }

  /** Those of the members, or of all others, that a cascade's level 1 lets pass. */
  passing(members: MemberBits, areMembers: boolean, level1: FuseLevel): readonly HashesOfBlock[] {
    const level = new PassingLevel(level1);
    const wanted = areMembers ? 1 : 0;
    return this.#blocks.map((block) => {
      const flags = memberFlags(block, members);
      const high = new Uint32Array(flags.length);
      const low = new Uint32Array(flags.length);
      let count = 0;
      for (let i = 0; i < flags.length; i++) {
        const ownHigh = block.high[i] ?? 0;
        const ownLow = block.low[i] ?? 0;
        if (flags[i] !== wanted || !level.lets(ownHigh, ownLow)) continue;
        high[count] = ownHigh;
        low[count] = ownLow;
        count++;
      }
      return { start: block.start, count, high: high.slice(0, count), low: low.slice(0, count) };
    });
  }

  /** Whether a finished section says of every account what is true. */
  isExact(members: MemberBits, { kind, bytes }: AccountSection, count: number): boolean {
    const set = kind === "cascade" ? new Cascade(bytes) : new FingerprintSet(bytes, count);
    return this.#blocks.every((block) => {
      const flags = memberFlags(block, members);
      for (let i = 0; i < flags.length; i++) {
        if (set.has(block.high[i] ?? 0, block.low[i] ?? 0) !== (flags[i] === 1)) return false;
      }
      return true;
    });
  }
}

/** 1 for each member of a block, 0 for all others. */
function memberFlags(block: HashedBlock, { of, bits }: MemberBits): Uint8Array {
  const flags = new Uint8Array(block.high.length);
  if (of === "listed") {
    for (let i = 0; i < block.listedAt.length; i++) {
      flags[block.listedAt[i] ?? 0] = bitAt(bits, block.listedAs[i] ?? 0);
    }
    return flags;
  }
  for (let i = 0; i < flags.length; i++) {
    flags[i] = bitAt(bits, block.ordinals?.[i] ?? block.start + i);
  }
  return flags;
}

function bitAt(bits: Uint8Array, index: number): number {
  return ((bits[index >>> 3] ?? 0) >>> (index & 7)) & 1;
}
