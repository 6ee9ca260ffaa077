const wordsMax = 12;
const wordCharsMax = 60;

/**
 * What somebody typed as an FTS5 query: every word as a prefix, in quotes, so that no sign of theirs is one of FTS5's
 * operators. Null when no word is in it.
 */
export function matchQuery(typed: string): string | null {
  const words = typed
    .normalize("NFKC")
    .split(/[^\p{L}\p{N}\p{M}]+/u)
    .filter((word) => word !== "")
    .slice(0, wordsMax);
  return words.length === 0 ? null : words.map((word) => `"${word.slice(0, wordCharsMax)}"*`).join(" ");
}
