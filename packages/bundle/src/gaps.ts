import { BitReader, BitWriter } from "./bits.ts";
import { malformed } from "./bundle-error.ts";

/**
 * Golomb and Rice's code for the gaps between ordinals: the gap before each member is the number of ordinals that are
 * passed over. One byte says how many low bits of a gap stand as they are; for each member the rest of its gap in unary
 * (so many 0, then 1) is followed by those low bits, the lowest first.
 */
const lowBitsMax = 29;

/** `ordinals` ascend. */
export function encodeGaps(ordinals: Uint32Array): Uint8Array {
  const lowBits = bestLowBits(ordinals);
  const writer = new BitWriter(gapBits(ordinals, lowBits));
  let next = 0;
  for (const ordinal of ordinals) {
    const gap = ordinal - next;
    writer.unary(gap >>> lowBits);
    writer.number(gap & (2 ** lowBits - 1), lowBits);
    next = ordinal + 1;
  }
  const bytes = new Uint8Array(1 + writer.bytes.length);
  bytes[0] = lowBits;
  bytes.set(writer.bytes, 1);
  return bytes;
}

/** What `encodeGaps` would take, in bytes. */
export function gapsBytes(ordinals: Uint32Array): number {
  return 1 + Math.ceil(gapBits(ordinals, bestLowBits(ordinals)) / 8);
}

/** The bits grow on both sides of the best number: it is near the binary logarithm of the mean gap. */
function bestLowBits(ordinals: Uint32Array): number {
  const end = (ordinals[ordinals.length - 1] ?? 0) + 1;
  const mean = (end - ordinals.length) / Math.max(ordinals.length, 1);
  const guess = Math.max(0, Math.floor(Math.log2(Math.max(mean, 1))));
  let best = guess;
  for (const other of [guess - 1, guess + 1]) {
    if (other < 0 || other > lowBitsMax) continue;
    if (gapBits(ordinals, other) < gapBits(ordinals, best)) best = other;
  }
  return best;
}

function gapBits(ordinals: Uint32Array, lowBits: number): number {
  let bits = ordinals.length * (1 + lowBits);
  let next = 0;
  for (const ordinal of ordinals) {
    bits += (ordinal - next) >>> lowBits;
    next = ordinal + 1;
  }
  return bits;
}

/** Calls `take` with each ordinal, ascending. Throws a BundleError for one beyond `accounts`, and for what `encodeGaps` does not write. */
export function decodeGaps(
  section: Uint8Array,
  given: { readonly members: number; readonly accounts: number; readonly take: (ordinal: number) => void },
): void {
  const lowBits = section[0] ?? lowBitsMax + 1;
  if (lowBits > lowBitsMax) throw malformed("gaps with too many low bits");
  const reader = new BitReader(section.subarray(1));
  let next = 0;
  for (let left = given.members; left > 0; left--) {
    const ordinal = next + reader.unary() * 2 ** lowBits + reader.number(lowBits);
    if (ordinal >= given.accounts) throw malformed("an ordinal beyond the directory");
    given.take(ordinal);
    next = ordinal + 1;
  }
  reader.end();
}
