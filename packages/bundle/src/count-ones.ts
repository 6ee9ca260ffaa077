/**
 * How many bits are set. Full adders add eight words at a time to counters that lie bit by bit in three words, so that
 * bits are counted in one word of eight (Harley and Seal; Muła, Kurz and Lemire, _Faster Population Counts Using AVX2
 * Instructions_, 2018).
 */
export function countOnes(bytes: Uint8Array): number {
  const beforeWords = -bytes.byteOffset & 3;
  if (bytes.length <= beforeWords) return onesOfBytes(bytes);
  const words = new Int32Array(
    bytes.buffer,
    bytes.byteOffset + beforeWords,
    (bytes.length - beforeWords) >>> 2,
  );
  return (
    onesOfBytes(bytes.subarray(0, beforeWords)) +
    onesOfWords(words) +
    onesOfBytes(bytes.subarray(beforeWords + words.byteLength))
  );
}

function onesOfWords(words: Int32Array): number {
  const whole = words.length - (words.length & 7);
  let [ones, twos, fours, eights] = [0, 0, 0, 0];
  for (let at = 0; at < whole; at += 8) {
    let a = words[at] ?? 0;
    let b = words[at + 1] ?? 0;
    let either = ones ^ a;
    let twosA = (ones & a) | (either & b);
    ones = either ^ b;
    a = words[at + 2] ?? 0;
    b = words[at + 3] ?? 0;
    either = ones ^ a;
    let twosB = (ones & a) | (either & b);
    ones = either ^ b;
    either = twos ^ twosA;
    const foursA = (twos & twosA) | (either & twosB);
    twos = either ^ twosB;
    a = words[at + 4] ?? 0;
    b = words[at + 5] ?? 0;
    either = ones ^ a;
    twosA = (ones & a) | (either & b);
    ones = either ^ b;
    a = words[at + 6] ?? 0;
    b = words[at + 7] ?? 0;
    either = ones ^ a;
    twosB = (ones & a) | (either & b);
    ones = either ^ b;
    either = twos ^ twosA;
    const foursB = (twos & twosA) | (either & twosB);
    twos = either ^ twosB;
    either = fours ^ foursA;
    eights += onesOf((fours & foursA) | (either & foursB));
    fours = either ^ foursB;
  }
  let total = 8 * eights + 4 * onesOf(fours) + 2 * onesOf(twos) + onesOf(ones);
  for (let at = whole; at < words.length; at++) total += onesOf(words[at] ?? 0);
  return total;
}

function onesOfBytes(bytes: Uint8Array): number {
  let ones = 0;
  for (const byte of bytes) ones += onesOf(byte);
  return ones;
}

/** Of a word. */
function onesOf(word: number): number {
  let bits = word - ((word >>> 1) & 0x5555_5555);
  bits = (bits & 0x3333_3333) + ((bits >>> 2) & 0x3333_3333);
  return Math.imul((bits + (bits >>> 4)) & 0x0f0f_0f0f, 0x0101_0101) >>> 24;
}
