import { malformed } from "./bundle-error.ts";
import { Fuse, fuseBytes, type FuseShape } from "./fuse.ts";

/**
 * A set that is exact for the accounts of a directory and arbitrary for all others, in two levels. Level 1 lets the
 * listed accounts pass and one in 2^tagBits of the others; level 2 tells those that pass apart. Where more than half of
 * the accounts are members, the others are the listed ones.
 *
 * The section: one byte, 1 when the listed accounts are those that are no members, else 0; level 1; level 2. A level:
 * valueBits (u8; 0 for one that is not there, and nothing follows), segmentBits (u8), segments (u32), seed (u32), the
 * slots. Level 2 has one value bit. Without level 1 all pass; without both nobody is listed.
 */
const levelHeaderBytes = 1 + 1 + 4 + 4;

const tagBitsMax = 24;
const segmentBitsMax = 16;
const segmentsMax = 2 ** 20;

/** One level on its way into a section. */
export interface FuseLevel {
  readonly shape: FuseShape;
  readonly bytes: Uint8Array;
}

export interface CascadeLevels {
  readonly isComplement: boolean;
  /** Null: all accounts pass. */
  readonly level1: FuseLevel | null;
  /** Null: nobody is listed. */
  readonly level2: FuseLevel | null;
}

/** The value that level 1 has for an account that is listed: the lowest bits of its hash. */
export function tagOf(low: number, tagBits: number): number {
  return low & (2 ** tagBits - 1);
}

/** The tag bits that make both levels together the smallest for so many listed accounts and others. */
export function bestTagBits(listed: number, others: number): number {
  let best = 0;
  let least = Infinity;
  for (let tagBits = 0; tagBits <= tagBitsMax; tagBits++) {
    const bits = tagBits * listed + listed + others / 2 ** tagBits;
    if (bits < least) {
      least = bits;
      best = tagBits;
    }
  }
  return best;
}

/** What both levels come to, in bytes, before the slots that stay empty. */
export function cascadeBytesLeast(listed: number, others: number): number {
  const tagBits = bestTagBits(listed, others);
  return Math.ceil((tagBits * listed + listed + others / 2 ** tagBits) / 8);
}

export function encodeCascade({ isComplement, level1, level2 }: CascadeLevels): Uint8Array {
  const levels = [level1, level2].map(encodeLevel);
  const bytes = new Uint8Array(levels.reduce((sum, level) => sum + level.length, 1));
  bytes[0] = isComplement ? 1 : 0;
  let at = 1;
  for (const level of levels) {
    bytes.set(level, at);
    at += level.length;
  }
  return bytes;
}

function encodeLevel(level: FuseLevel | null): Uint8Array {
  if (level === null) return new Uint8Array(1);
  const { shape, bytes: slots } = level;
  const bytes = new Uint8Array(levelHeaderBytes + slots.length);
  const view = new DataView(bytes.buffer);
  view.setUint8(0, shape.valueBits);
  view.setUint8(1, shape.segmentBits);
  view.setUint32(2, shape.segments, true);
  view.setUint32(6, shape.seed, true);
  bytes.set(slots, levelHeaderBytes);
  return bytes;
}

/** Level 1 alone: whom level 2 must tell apart. */
export class PassingLevel {
  readonly #fuse: Fuse;
  readonly #tagBits: number;

  constructor({ shape, bytes }: FuseLevel) {
    this.#fuse = new Fuse(shape, bytes);
    this.#tagBits = shape.valueBits;
  }

  lets(high: number, low: number): boolean {
    return this.#fuse.valueOf(high, low) === tagOf(low, this.#tagBits);
  }
}

export class Cascade {
  readonly #isComplement: boolean;
  readonly #level1: PassingLevel | null;
  readonly #level2: Fuse | null;

  /** Throws a BundleError for anything that is no cascade. */
  constructor(section: Uint8Array) {
    const [first = 2] = section;
    if (first > 1) throw malformed("a cascade that does not say what it lists");
    this.#isComplement = first === 1;
    const { level: level1, end } = readLevel(section, 1);
    const { level: level2, end: levelsEnd } = readLevel(section, end);
    if (levelsEnd !== section.length) throw malformed("bytes after a cascade's levels");
    if (level2 !== null && level2.shape.valueBits !== 1)
      throw malformed("a cascade's level 2 of other values");
    if (level1 !== null && level2 === null) throw malformed("a cascade without level 2");
    this.#level1 = level1 === null ? null : new PassingLevel(level1);
    this.#level2 = level2 === null ? null : new Fuse(level2.shape, level2.bytes);
  }

  has(high: number, low: number): boolean {
    const isListed =
      (this.#level1 === null || this.#level1.lets(high, low)) && this.#level2?.valueOf(high, low) === 1;
    return isListed !== this.#isComplement;
  }
}

function readLevel(
  section: Uint8Array,
  at: number,
): { readonly level: FuseLevel | null; readonly end: number } {
  const valueBits = section[at];
  if (valueBits === 0) return { level: null, end: at + 1 };
  if (valueBits === undefined || at + levelHeaderBytes > section.length)
    throw malformed("a cascade that is cut");
  const view = new DataView(section.buffer, section.byteOffset, section.byteLength);
  const shape: FuseShape = {
    valueBits,
    segmentBits: view.getUint8(at + 1),
    segments: view.getUint32(at + 2, true),
    seed: view.getUint32(at + 6, true),
  };
  const isShape =
    shape.valueBits <= tagBitsMax &&
    shape.segmentBits <= segmentBitsMax &&
    shape.segments >= 1 &&
    shape.segments <= segmentsMax;
  if (!isShape) throw malformed("a cascade's level of a shape out of range");
  const slotsAt = at + levelHeaderBytes;
  const end = slotsAt + fuseBytes(shape);
  if (end > section.length) throw malformed("a cascade that is cut");
  return { level: { shape, bytes: section.subarray(slotsAt, end) }, end };
}
