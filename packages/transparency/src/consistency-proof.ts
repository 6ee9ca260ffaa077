import { hashBytes, hashNode, sameBytes } from "./merkle-hash.ts";
import { rangeHash, splitPoint, type ReadTile } from "./tile-reader.ts";

/**
 * The hashes that show the tree of `size1` leaves (≥ 1) to be the beginning of the tree of `size2` (RFC 6962 2.1.2);
 * none for equal sizes.
 */
export async function consistencyProof(
  size1: number,
  size2: number,
  readTile: ReadTile,
): Promise<readonly Uint8Array[]> {
  const ranges: { start: number; end: number }[] = [];
  let start = 0;
  let end = size2;
  // RFC 6962 2.1.2: SUBPROOF(m, D[n], b); b says that the old tree's root is known to the verifier.
  let known = true;
  while (size1 !== end) {
    const middle = start + splitPoint(end - start);
    if (size1 <= middle) {
      ranges.push({ start: middle, end });
      end = middle;
    } else {
      ranges.push({ start, end: middle });
      start = middle;
      known = false;
    }
  }
  if (!known) ranges.push({ start, end });
  const proof: Uint8Array[] = [];
  for (const range of ranges.reverse()) proof.push(await rangeHash(range, size2, readTile));
  return proof;
}

/** True when the proof shows the old tree to be the beginning of the new one (RFC 9162 2.1.4.2). From size 0 nothing can be shown. */
export function verifyConsistency(given: {
  readonly size1: number;
  readonly size2: number;
  readonly root1: Uint8Array;
  readonly root2: Uint8Array;
  readonly proof: readonly Uint8Array[];
}): boolean {
  const { size1, size2, root1, root2 } = given;
  if (!(size1 >= 1 && size1 <= size2) || root1.length !== hashBytes || root2.length !== hashBytes)
    return false;
  if (size1 === size2) return given.proof.length === 0 && sameBytes(root1, root2);
  // Step 2: the old root stands in front where the old tree is perfect.
  const isPerfect = Number.isInteger(Math.log2(size1));
  const [first, ...rest] = isPerfect ? [root1, ...given.proof] : given.proof;
  if (first === undefined) return false;
  let position = size1 - 1;
  let last = size2 - 1;
  while (position % 2 === 1) {
    position = Math.floor(position / 2);
    last = Math.floor(last / 2);
  }
  let computed1 = first;
  let computed2 = first;
  for (const hash of rest) {
    if (last === 0) return false;
    if (position % 2 === 1 || position === last) {
      computed1 = hashNode(hash, computed1);
      computed2 = hashNode(hash, computed2);
      while (position % 2 === 0 && position !== 0) {
        position /= 2;
        last = Math.floor(last / 2);
      }
    } else {
      computed2 = hashNode(computed2, hash);
    }
    position = Math.floor(position / 2);
    last = Math.floor(last / 2);
  }
  return last === 0 && sameBytes(computed1, root1) && sameBytes(computed2, root2);
}
