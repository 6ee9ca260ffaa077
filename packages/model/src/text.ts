/** Orders text by code point, not by UTF-16 unit as `<` does: the order of ids in every answer and artifact. */
export function compareCodePoints(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const x = a.charCodeAt(i);
    const y = b.charCodeAt(i);
    if (x === y) continue;
    // Surrogates (D800–DFFF) stand for code points above U+FFFF, so they sort after E000–FFFF.
    const xRank = x >= 0xd800 && x <= 0xdfff ? x + 0x10000 : x;
    const yRank = y >= 0xd800 && y <= 0xdfff ? y + 0x10000 : y;
    return xRank - yRank;
  }
  return a.length - b.length;
}
