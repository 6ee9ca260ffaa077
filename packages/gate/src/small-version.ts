const bits = 10;
const numberMax = 2 ** bits - 1;
const numbersMax = 3;

/**
 * A release of one to three numbers below 1024, which nearly every version is, as one whole number that orders as it does;
 * −1 for any other text, readable or not. Read in one pass and within 30 bits, so that nothing but the result is made.
 */
export function smallVersion(text: string): number {
  let packed = 0;
  let number = 0;
  let digits = 0;
  let numbers = 1;
  for (let i = 0; i < text.length; i++) {
    const digit = text.charCodeAt(i) - 0x30;
    if (digit >= 0 && digit <= 9) {
      number = number * 10 + digit;
      if (number > numberMax) return -1;
      digits++;
    } else {
      // A dot, after a number.
      if (digit !== -2 || digits === 0 || numbers === numbersMax) return -1;
      packed = (packed << bits) | number;
      number = 0;
      digits = 0;
      numbers++;
    }
  }
  if (digits === 0) return -1;
  return ((packed << bits) | number) << (bits * (numbersMax - numbers));
}
