import { hashBytes, hashNode, sameBytes } from "./merkle-hash.ts";
import { rangeHash, splitPoint, type ReadTile } from "./tile-reader.ts";

/** The hashes beside the path from leaf `index` to the root of the tree of `size` leaves, the leaf's sibling first (RFC 6962 2.1.1). */
export async function inclusionProof(
  index: number,
  size: number,
  readTile: ReadTile,
): Promise<readonly Uint8Array[]> {
  const ranges: { start: number; end: number }[] = [];
  let start = 0;
  let end = size;
  while (end - start > 1) {
    const middle = start + splitPoint(end - start);
    if (index < middle) {
      ranges.push({ start: middle, end });
      end = middle;
    } else {
      ranges.push({ start, end: middle });
      start = middle;
    }
  }
  const proof: Uint8Array[] = [];
  for (const range of ranges.reverse()) proof.push(await rangeHash(range, size, readTile));
  return proof;
}

/** True when the proof leads from the leaf to the root (RFC 9162 2.1.3.2). */
export function verifyInclusion(given: {
  readonly leafHash: Uint8Array;
  readonly index: number;
  readonly size: number;
  readonly proof: readonly Uint8Array[];
  readonly root: Uint8Array;
}): boolean {
  const { index, size, leafHash, root } = given;
  if (!(index >= 0 && index < size) || leafHash.length !== hashBytes) return false;
  let position = index;
  let last = size - 1;
  let computed = leafHash;
  for (const hash of given.proof) {
    if (last === 0) return false;
    if (position % 2 === 1 || position === last) {
      computed = hashNode(hash, computed);
      // Levels where the path is a lone right edge have no sibling.
      while (position % 2 === 0 && position !== 0) {
        position /= 2;
        last = Math.floor(last / 2);
      }
    } else {
      computed = hashNode(computed, hash);
    }
    position = Math.floor(position / 2);
    last = Math.floor(last / 2);
  }
  return last === 0 && sameBytes(computed, root);
}
