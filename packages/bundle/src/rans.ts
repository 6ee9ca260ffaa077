import { malformed } from "./bundle-error.ts";

/**
 * Order-0 range asymmetric numeral systems (Duda) over bytes, four interleaved states. Frequencies add up to 2^14, a
 * state rests in 2^16 … 2^32 − 1, and what leaves it are 16-bit words.
 *
 * The section: u32 how many bytes it stands for; 32 bytes, in which bit `b mod 8` of byte `⌊b / 8⌋` says whether byte
 * value b occurs; for each that does, ascending, its frequency less one as u16; the four states, u32; the words, u16, in
 * the order in which they are read.
 */
const scaleBits = 14;
const scale = 2 ** scaleBits;
const statesBytes = 16;
const presenceBytes = 32;
const floorBits = 16;

/** Frequencies of the bytes that occur, none of them 0, that add up to 2^14. */
function frequenciesOf(bytes: Uint8Array): Uint32Array {
  const counts = new Float64Array(256);
  for (const byte of bytes) counts[byte] = (counts[byte] ?? 0) + 1;
  const frequencies = new Uint32Array(256);
  let sum = 0;
  let commonest = 0;
  for (let value = 0; value < 256; value++) {
    const count = counts[value] ?? 0;
    if (count === 0) continue;
    if (count > (counts[commonest] ?? 0)) commonest = value;
    const frequency = Math.max(1, Math.floor((count * scale) / bytes.length));
    frequencies[value] = frequency;
    sum += frequency;
  }
  // The commonest byte can best do with a little more or less. It has at least 2^14 / 256 = 64, less rounding; the others
  // were raised by less than one each.
  let excess = sum - scale;
  while (excess > 0) {
    // Only with many rare bytes beside a flat rest: take it off the largest, one at a time.
    let largest = 0;
    for (let value = 1; value < 256; value++) {
      if ((frequencies[value] ?? 0) > (frequencies[largest] ?? 0)) largest = value;
    }
    frequencies[largest] = (frequencies[largest] ?? 0) - 1;
    excess--;
  }
  frequencies[commonest] = (frequencies[commonest] ?? 0) - excess;
  return frequencies;
}

/** Null for no bytes: there is nothing to code. */
export function encodeRans(bytes: Uint8Array): Uint8Array | null {
  if (bytes.length === 0) return null;
  const frequencies = frequenciesOf(bytes);
  const starts = startsOf(frequencies);
  // Rare bytes cost up to 14 bits, so that a word for each byte always suffices.
  const words = new Uint16Array(bytes.length + 4);
  let at = words.length;
  const states = new Float64Array(4).fill(2 ** floorBits);
  for (let i = bytes.length - 1; i >= 0; i--) {
    const value = bytes[i] ?? 0;
    const frequency = frequencies[value] ?? 1;
    let state = states[i & 3] ?? 0;
    // INVARIANT: the step below leaves the state under 2^32.
    if (state >= frequency * 2 ** (32 - scaleBits)) {
      at--;
      words[at] = state;
      state = Math.floor(state / 0x1_0000);
    }
    const quotient = Math.floor(state / frequency);
    states[i & 3] = quotient * scale + (state - quotient * frequency) + (starts[value] ?? 0);
  }
  return written(bytes.length, frequencies, states, words.subarray(at));
}

function startsOf(frequencies: Uint32Array): Uint32Array {
  const starts = new Uint32Array(256);
  let start = 0;
  for (let value = 0; value < 256; value++) {
    starts[value] = start;
    start += frequencies[value] ?? 0;
  }
  return starts;
}

function written(
  length: number,
  frequencies: Uint32Array,
  states: Float64Array,
  words: Uint16Array,
): Uint8Array {
  const occurring = frequencies.reduce((count, frequency) => count + (frequency > 0 ? 1 : 0), 0);
  const bytes = new Uint8Array(4 + presenceBytes + 2 * occurring + statesBytes + 2 * words.length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, length, true);
  let at = 4 + presenceBytes;
  for (let value = 0; value < 256; value++) {
    const frequency = frequencies[value] ?? 0;
    if (frequency === 0) continue;
    const presentAt = 4 + (value >> 3);
    bytes[presentAt] = (bytes[presentAt] ?? 0) | (1 << (value & 7));
    view.setUint16(at, frequency - 1, true);
    at += 2;
  }
  for (const state of states) {
    view.setUint32(at, state, true);
    at += 4;
  }
  for (const word of words) {
    view.setUint16(at, word, true);
    at += 2;
  }
  return bytes;
}

/** Throws a BundleError for anything that `encodeRans` does not write, or that stands for more than `bytesMax` bytes. */
export function decodeRans(section: Uint8Array, bytesMax: number): Uint8Array {
  if (section.length < 4 + presenceBytes + statesBytes) throw malformed("a coded bitmap that is cut");
  const view = new DataView(section.buffer, section.byteOffset, section.byteLength);
  const length = view.getUint32(0, true);
  if (length === 0 || length > bytesMax) throw malformed("a coded bitmap of a length out of range");
  const table = readTable(section, view);
  const statesEnd = table.end + statesBytes;
  if (statesEnd > section.length || (section.length - statesEnd) % 2 !== 0) {
    throw malformed("a coded bitmap that is cut");
  }
  const words = new Uint16Array((section.length - statesEnd) / 2 + 1);
  const wordsCount = words.length - 1;
  for (let i = 0; i < wordsCount; i++) words[i] = view.getUint16(statesEnd + 2 * i, true);

  const bytes = new Uint8Array(length);
  const { valueAt, steps } = table;
  let x0 = view.getUint32(table.end, true) | 0;
  let x1 = view.getUint32(table.end + 4, true) | 0;
  let x2 = view.getUint32(table.end + 8, true) | 0;
  let x3 = view.getUint32(table.end + 12, true) | 0;
  const mask = scale - 1;
  let at = 0;
  let i = 0;
  for (; i + 3 < length; i += 4) {
    const low0 = x0 & mask;
    const low1 = x1 & mask;
    const low2 = x2 & mask;
    const low3 = x3 & mask;
    const value0 = valueAt[low0] ?? 0;
    const value1 = valueAt[low1] ?? 0;
    const value2 = valueAt[low2] ?? 0;
    const value3 = valueAt[low3] ?? 0;
    const step0 = steps[value0] ?? 0;
    const step1 = steps[value1] ?? 0;
    const step2 = steps[value2] ?? 0;
    const step3 = steps[value3] ?? 0;
    x0 = (Math.imul(x0 >>> scaleBits, (step0 >>> 16) + 1) + low0 - (step0 & 0xffff)) | 0;
    x1 = (Math.imul(x1 >>> scaleBits, (step1 >>> 16) + 1) + low1 - (step1 & 0xffff)) | 0;
    x2 = (Math.imul(x2 >>> scaleBits, (step2 >>> 16) + 1) + low2 - (step2 & 0xffff)) | 0;
    x3 = (Math.imul(x3 >>> scaleBits, (step3 >>> 16) + 1) + low3 - (step3 & 0xffff)) | 0;
    if (x0 >>> floorBits === 0) x0 = (x0 << 16) | (words[at++] ?? 0);
    if (x1 >>> floorBits === 0) x1 = (x1 << 16) | (words[at++] ?? 0);
    if (x2 >>> floorBits === 0) x2 = (x2 << 16) | (words[at++] ?? 0);
    if (x3 >>> floorBits === 0) x3 = (x3 << 16) | (words[at++] ?? 0);
    bytes[i] = value0;
    bytes[i + 1] = value1;
    bytes[i + 2] = value2;
    bytes[i + 3] = value3;
  }
  const states = Uint32Array.of(x0, x1, x2, x3);
  for (; i < length; i++) {
    const state = states[i & 3] ?? 0;
    const low = state & mask;
    const value = valueAt[low] ?? 0;
    const step = steps[value] ?? 0;
    bytes[i] = value;
    let next = (Math.imul(state >>> scaleBits, (step >>> 16) + 1) + low - (step & 0xffff)) >>> 0;
    if (next >>> floorBits === 0) next = ((next << 16) | (words[at++] ?? 0)) >>> 0;
    states[i & 3] = next;
  }
  // Where the encoder began is where the decoder must end, with every word read.
  if (at !== wordsCount || states.some((state) => state !== 2 ** floorBits)) {
    throw malformed("a coded bitmap that does not come out even");
  }
  return bytes;
}

interface DecodingTable {
  /** The byte of each of the 2^14 places. */
  readonly valueAt: Uint8Array;
  /** By byte: its frequency less one in the upper 16 bits, where its places begin in the lower. */
  readonly steps: Uint32Array;
  /** Where the table ends in the section. */
  readonly end: number;
}

function readTable(section: Uint8Array, view: DataView): DecodingTable {
  const valueAt = new Uint8Array(scale);
  const steps = new Uint32Array(256);
  let at = 4 + presenceBytes;
  let start = 0;
  for (let value = 0; value < 256; value++) {
    if (((section[4 + (value >> 3)] ?? 0) & (1 << (value & 7))) === 0) continue;
    if (at + 2 > section.length) throw malformed("a coded bitmap that is cut");
    const frequency = view.getUint16(at, true) + 1;
    at += 2;
    if (start + frequency > scale) break;
    valueAt.fill(value, start, start + frequency);
    steps[value] = ((frequency - 1) << 16) | start;
    start += frequency;
  }
  if (start !== scale) throw malformed("frequencies that do not add up");
  return { valueAt, steps, end: at };
}
