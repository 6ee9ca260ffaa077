import { perfectRoot } from "./growing-tree.ts";
import { hashNode } from "./merkle-hash.ts";
import { tileWidth, widthOfTile } from "./tile-path.ts";

/**
 * The hashes of one tile, exactly `width` of them (of a full tile that has come since, the first `width`). Throws when
 * it can't be had.
 */
export type ReadTile = (level: number, index: number, width: number) => Promise<readonly Uint8Array[]>;

/** The Merkle tree hash over the leaves [start, end) of a tree of `size` leaves, from its tiles (RFC 6962 2.1). */
export async function rangeHash(
  range: { readonly start: number; readonly end: number },
  size: number,
  readTile: ReadTile,
): Promise<Uint8Array> {
  // A range of RFC 6962 falls into perfect subtrees, from the largest on the left to the smallest on the right.
  const roots: Uint8Array[] = [];
  let start = range.start;
  while (start < range.end) {
    let height = 0;
    while (start % 2 ** (height + 1) === 0 && start + 2 ** (height + 1) <= range.end) height++;
    roots.push(await subtreeHash(height, start, size, readTile));
    start += 2 ** height;
  }
  return roots.reduceRight((right, left) => hashNode(left, right));
}

async function subtreeHash(
  height: number,
  start: number,
  size: number,
  readTile: ReadTile,
): Promise<Uint8Array> {
  const level = Math.floor(height / 8);
  const first = start / tileWidth ** level;
  const index = Math.floor(first / tileWidth);
  const hashes = await readTile(level, index, widthOfTile(level, index, size));
  const offset = first % tileWidth;
  return perfectRoot(hashes.slice(offset, offset + 2 ** (height % 8)));
}

/** The largest power of two below `count` (count ≥ 2). */
export function splitPoint(count: number): number {
  let split = 1;
  while (split * 2 < count) split *= 2;
  return split;
}
