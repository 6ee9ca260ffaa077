import type { AccountHashes } from "../src/index.ts";

/** Numbers that look random, the same for the same seed. */
export function xorshift(seed: number): () => number {
  let state = seed | 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state >>> 0;
  };
}

/** Different hashes: a third of them are neighbours, in one half or the other. */
export function randomHashes(count: number, seed: number): AccountHashes {
  const next = xorshift(seed);
  const seen = new Set<string>();
  const high = new Uint32Array(count);
  const low = new Uint32Array(count);
  for (let i = 0; i < count;) {
    const kind = next() % 3;
    high[i] = kind === 0 && i > 0 ? (high[i - 1] ?? 0) + 1 : next();
    low[i] = kind === 1 && i > 0 ? (low[i - 1] ?? 0) + 1 : next();
    const key = `${high[i] ?? 0}/${low[i] ?? 0}`;
    if (seen.has(key)) continue;
    seen.add(key);
    i++;
  }
  return { count, high, low };
}

export function part({ high, low }: AccountHashes, from: number, to: number): AccountHashes {
  return { count: to - from, high: high.slice(from, to), low: low.slice(from, to) };
}
