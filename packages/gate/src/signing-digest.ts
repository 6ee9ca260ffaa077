/** What a digest that can't be read counts as: no rule lists it. */
export const unreadableDigest = "";

const hexDigits = "0123456789abcdef";
const base64Digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
const hexLength = 64;
const base64Length = 43;

/**
 * The SHA-256 of a signing certificate as lower-case hex, read from hex (with colons between the bytes, as keytool prints
 * it, or without) or base64url (as Play Integrity writes it; padding and the alphabet of base64 are read too). Null for
 * anything else.
 */
export function parseSigningDigest(text: string): string | null {
  if (text.length === hexLength + 31) return isColoned(text) ? hex(text.replaceAll(":", "")) : null;
  if (text.length === hexLength) return hex(text);
  if (text.length === base64Length + 1 && text.endsWith("=")) return base64(text.slice(0, -1));
  return text.length === base64Length ? base64(text) : null;
}

function isColoned(text: string): boolean {
  for (let i = 2; i < text.length; i += 3) if (text[i] !== ":") return false;
  return true;
}

function hex(text: string): string | null {
  const lower = text.toLowerCase();
  if (lower.length !== hexLength) return null;
  for (const digit of lower) if (!hexDigits.includes(digit)) return null;
  return lower;
}

function base64(text: string): string | null {
  let digest = "";
  let bits = 0;
  let bitCount = 0;
  for (const character of text) {
    const digit = base64Digits.indexOf(character === "+" ? "-" : character === "/" ? "_" : character);
    if (digit < 0) return null;
    bits = (bits << 6) | digit;
    bitCount += 6;
    while (bitCount >= 4) {
      bitCount -= 4;
      digest += hexDigits[(bits >> bitCount) & 0xf] ?? "";
      bits &= (1 << bitCount) - 1;
    }
  }
  // RFC 4648 section 3.5: the two bits that are left over are zero.
  return bits === 0 ? digest : null;
}
