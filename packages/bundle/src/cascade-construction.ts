import type { AccountHashes } from "./account-hash.ts";
import { bestTagBits, encodeCascade, PassingLevel, tagOf, type FuseLevel } from "./cascade.ts";
import { constructFuse } from "./fuse-construction.ts";
import { slotsOf, type FuseShape } from "./fuse.ts";

const segmentBitsMax = 16;
/** How few slots for each key are tried first: the more keys, the fewer are enough. */
const firstSlotsPerKey: readonly (readonly [keys: number, slots: number])[] = [
  [1_000_000, 1.06],
  [300_000, 1.07],
  [100_000, 1.08],
  [10_000, 1.1],
  [0, 1.15],
];
/** Up to so many keys an attempt is quick enough for several. */
const fewKeys = 300_000;
/** Sizes that are tried; equal keys let none of them do. */
const attemptsMax = 100;

/** Graf and Lemire's segment length for four slots a key. */
function usualSegmentBits(keys: number): number {
  const bits = Math.floor(Math.log(keys) / Math.log(2.91) - 0.5);
  return Math.min(Math.max(bits, 0), segmentBitsMax);
}

/** From the fewest slots that may do; where that is quick, in small steps, with several lengths and seeds. */
function* shapesFor(keys: number, valueBits: number): Generator<FuseShape> {
  const usual = usualSegmentBits(keys);
  const isQuick = keys < fewKeys;
  const lengths = isQuick ? [usual - 1, usual, usual + 1].filter((bits) => bits >= 0) : [usual];
  const seeds = isQuick ? 3 : 1;
  const [, slotsPerKey] = firstSlotsPerKey.find(([least]) => keys >= least) ?? [0, 1.15];
  let slots = keys * slotsPerKey;
  let seed = 0;
  for (let attempt = 0; attempt < attemptsMax; attempt++) {
    for (const segmentBits of lengths) {
      const segments = Math.max(1, Math.floor(slots / 2 ** segmentBits) - 3);
      for (let again = 0; again < seeds; again++) {
        seed++;
        const shape = { segments, segmentBits, seed, valueBits };
        // With few keys four long segments may be more slots than this attempt has.
        if (slotsOf(shape) <= slots || (segmentBits === lengths[0] && attempt > 4)) yield shape;
      }
    }
    slots = slots * 1.005 + 1;
  }
}

/** The smallest level that could be made; null when two keys are the same. */
function constructLevel(
  keys: AccountHashes,
  values: Uint8Array | Uint32Array,
  valueBits: number,
): FuseLevel | null {
  let failed = 0;
  for (const shape of shapesFor(Math.max(keys.count, 1), valueBits)) {
    const bytes = constructFuse(keys, values, shape);
    if (bytes !== null) return { shape, bytes };
    failed++;
    if (failed === failedBeforeSearch && hasTwins(keys)) return null;
  }
  return null;
}

/** After so many failures it is cheaper to look whether they could be helped at all. */
const failedBeforeSearch = 12;

function hasTwins({ count, high, low }: AccountHashes): boolean {
  const hashes = new BigUint64Array(count);
  const words = new Uint32Array(hashes.buffer);
  for (let i = 0; i < count; i++) {
    words[2 * i] = low[i] ?? 0;
    words[2 * i + 1] = high[i] ?? 0;
  }
  hashes.sort();
  for (let i = 1; i < count; i++) if (hashes[i] === hashes[i - 1]) return true;
  return false;
}

/** Level 1 for the listed accounts among so many others. `undefined`: two listed ones have the same hash. Null: none is needed. */
export function constructLevel1(listed: AccountHashes, others: number): FuseLevel | null | undefined {
  const tagBits = bestTagBits(listed.count, others);
  if (tagBits === 0 || listed.count === 0) return null;
  const tags = listed.low.map((low) => tagOf(low, tagBits)).subarray(0, listed.count);
  return constructLevel(listed, tags, tagBits) ?? undefined;
}

/** Level 2 for the listed accounts and those that pass level 1 with them. Null: two of them have the same hash. */
export function constructLevel2(listed: AccountHashes, passing: AccountHashes): FuseLevel | null {
  const count = listed.count + passing.count;
  const high = new Uint32Array(count);
  const low = new Uint32Array(count);
  high.set(listed.high.subarray(0, listed.count));
  low.set(listed.low.subarray(0, listed.count));
  high.set(passing.high.subarray(0, passing.count), listed.count);
  low.set(passing.low.subarray(0, passing.count), listed.count);
  const values = new Uint8Array(count).fill(1, 0, listed.count);
  return constructLevel({ count, high, low }, values, 1);
}

/**
 * A cascade for some accounts of a directory, in one go. Null when a listed account's hash is another account's: then
 * another salt is needed.
 */
export function constructCascade(
  listed: AccountHashes,
  others: AccountHashes,
  isComplement: boolean,
): Uint8Array | null {
  if (listed.count === 0) return encodeCascade({ isComplement, level1: null, level2: null });
  const level1 = constructLevel1(listed, others.count);
  if (level1 === undefined) return null;
  const passing = level1 === null ? others : passingOf(others, new PassingLevel(level1));
  const level2 = constructLevel2(listed, passing);
  return level2 === null ? null : encodeCascade({ isComplement, level1, level2 });
}

/** Those that level 1 lets pass, in their order. */
export function passingOf(others: AccountHashes, level1: PassingLevel): AccountHashes {
  let room = 1024;
  let high = new Uint32Array(room);
  let low = new Uint32Array(room);
  let count = 0;
  for (let i = 0; i < others.count; i++) {
    const ownHigh = others.high[i] ?? 0;
    const ownLow = others.low[i] ?? 0;
    if (!level1.lets(ownHigh, ownLow)) continue;
    if (count === room) {
      room *= 2;
      high = grown(high, room);
      low = grown(low, room);
    }
    high[count] = ownHigh;
    low[count] = ownLow;
    count++;
  }
  return { count, high, low };
}

function grown(words: Uint32Array, length: number): Uint32Array<ArrayBuffer> {
  const longer = new Uint32Array(length);
  longer.set(words);
  return longer;
}
