import type { AccountHashes } from "./account-hash.ts";
import { fuseBytes, mix, slotsOf, type FuseShape } from "./fuse.ts";

/** The slots of one key. */
interface Slots {
  s0: number;
  s1: number;
  s2: number;
  s3: number;
}

function place(slots: Slots, shape: FuseShape, high: number, low: number): void {
  const { segments, segmentBits, seed } = shape;
  const a = mix(high ^ seed);
  const b = mix(low ^ a);
  const c = mix(b ^ ((high << 13) | (high >>> 19)));
  const mask = (1 << segmentBits) - 1;
  const step = 1 << segmentBits;
  const first = Math.floor(((a >>> 0) * segments) / 0x1_0000_0000) << segmentBits;
  slots.s0 = first + (b & mask);
  slots.s1 = first + step + ((b >>> 16) & mask);
  slots.s2 = first + 2 * step + (c & mask);
  slots.s3 = first + 3 * step + ((c >>> 16) & mask);
}

/** Keys by their first segment, in their order within it: neighbours in the table are neighbours in memory. */
function bySegment({ count, high }: AccountHashes, { segments, seed }: FuseShape): Uint32Array {
  const starts = new Uint32Array(segments + 1);
  for (let i = 0; i < count; i++) {
    const segment = Math.floor(((mix((high[i] ?? 0) ^ seed) >>> 0) * segments) / 0x1_0000_0000);
    starts[segment + 1] = (starts[segment + 1] ?? 0) + 1;
  }
  for (let i = 1; i < starts.length; i++) starts[i] = (starts[i] ?? 0) + (starts[i - 1] ?? 0);
  const order = new Uint32Array(count);
  for (let i = 0; i < count; i++) {
    const segment = Math.floor(((mix((high[i] ?? 0) ^ seed) >>> 0) * segments) / 0x1_0000_0000);
    const at = starts[segment] ?? 0;
    order[at] = i;
    starts[segment] = at + 1;
  }
  return order;
}

/** A slot's byte counts its keys in six bits; with more it wraps, and peeling would go wrong. */
const keysOfSlotMax = 63;

/**
 * The bytes of the function that gives key i the value `values[i]`; null when this shape's slots do not suffice for these
 * keys, which two equal keys never let them.
 */
export function constructFuse(
  keys: AccountHashes,
  values: Uint8Array | Uint32Array,
  shape: FuseShape,
): Uint8Array | null {
  const { count } = keys;
  const order = bySegment(keys, shape);
  const high = new Uint32Array(count);
  const low = new Uint32Array(count);
  for (let i = 0; i < count; i++) {
    const key = order[i] ?? 0;
    high[i] = keys.high[key] ?? 0;
    low[i] = keys.low[key] ?? 0;
  }
  const slots = slotsOf(shape);
  // For each slot: four times its keys, and which of their four slots it is by exclusive or; the keys by exclusive or.
  const tally = new Uint8Array(slots);
  const keyOf = new Uint32Array(slots);
  const of: Slots = { s0: 0, s1: 0, s2: 0, s3: 0 };
  let fullest = 0;
  for (let i = 0; i < count; i++) {
    place(of, shape, high[i] ?? 0, low[i] ?? 0);
    const t0 = (tally[of.s0] ?? 0) + 4;
    const t1 = ((tally[of.s1] ?? 0) + 4) ^ 1;
    const t2 = ((tally[of.s2] ?? 0) + 4) ^ 2;
    const t3 = ((tally[of.s3] ?? 0) + 4) ^ 3;
    fullest |= t0 | t1 | t2 | t3;
    tally[of.s0] = t0;
    tally[of.s1] = t1;
    tally[of.s2] = t2;
    tally[of.s3] = t3;
    keyOf[of.s0] = (keyOf[of.s0] ?? 0) ^ i;
    keyOf[of.s1] = (keyOf[of.s1] ?? 0) ^ i;
    keyOf[of.s2] = (keyOf[of.s2] ?? 0) ^ i;
    keyOf[of.s3] = (keyOf[of.s3] ?? 0) ^ i;
  }
  if (fullest > keysOfSlotMax * 4 + 3) return null;

  // Peeling: a slot of one key gives that key its own slot, and takes it out of its other three.
  const peeled = new Uint32Array(count);
  const own = new Uint8Array(count);
  const alone = new Uint32Array(slots);
  let waiting = 0;
  for (let slot = 0; slot < slots; slot++) {
    alone[waiting] = slot;
    if ((tally[slot] ?? 0) >> 2 === 1) waiting++;
  }
  let done = 0;
  while (waiting > 0) {
    waiting--;
    const slot = alone[waiting] ?? 0;
    const single = tally[slot] ?? 0;
    if (single >> 2 !== 1) continue;
    const key = keyOf[slot] ?? 0;
    const mine = single & 3;
    peeled[done] = key;
    own[done] = mine;
    done++;
    place(of, shape, high[key] ?? 0, low[key] ?? 0);
    for (let which = 0; which < 4; which++) {
      if (which === mine) continue;
      const other = which === 0 ? of.s0 : which === 1 ? of.s1 : which === 2 ? of.s2 : of.s3;
      const left = ((tally[other] ?? 0) - 4) ^ which;
      tally[other] = left;
      keyOf[other] = (keyOf[other] ?? 0) ^ key;
      if (left >> 2 === 1) {
        alone[waiting] = other;
        waiting++;
      }
    }
    tally[slot] = 0;
  }
  if (done < count) return null;

  // Backwards, every key finds its own slot still free; slots of no key stay 0.
  const table = shape.valueBits === 1 ? tally.fill(0) : keyOf.fill(0);
  for (let i = count - 1; i >= 0; i--) {
    const key = peeled[i] ?? 0;
    place(of, shape, high[key] ?? 0, low[key] ?? 0);
    const mine = own[i] ?? 0;
    const slot = mine === 0 ? of.s0 : mine === 1 ? of.s1 : mine === 2 ? of.s2 : of.s3;
    const others = (table[of.s0] ?? 0) ^ (table[of.s1] ?? 0) ^ (table[of.s2] ?? 0) ^ (table[of.s3] ?? 0);
    table[slot] = (values[order[key] ?? 0] ?? 0) ^ others;
  }
  return packed(table, shape);
}

function packed(table: Uint8Array | Uint32Array, shape: FuseShape): Uint8Array {
  const bytes = new Uint8Array(fuseBytes(shape));
  const { valueBits } = shape;
  let held = 0;
  let bits = 0;
  let at = 0;
  for (const value of table) {
    // At most 7 bits are held, and a value has 24.
    held |= value << bits;
    bits += valueBits;
    while (bits >= 8) {
      bytes[at++] = held;
      held >>>= 8;
      bits -= 8;
    }
  }
  if (bits > 0) bytes[at] = held;
  return bytes;
}
