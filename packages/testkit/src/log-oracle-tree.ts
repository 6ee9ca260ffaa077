import { createHash } from "node:crypto";
import { refuse } from "./log-oracle-note.ts";

/** Written from RFC 6962 section 2.1 and C2SP tlog-tiles alone: recursive, slow and plain. */

export function leafHash(entry: Buffer): Buffer {
  return createHash("sha256").update(Buffer.of(0)).update(entry).digest();
}

/** MTH(D[from:to]) over leaf hashes. */
export function treeHash(leaves: readonly Buffer[], from: number, to: number): Buffer {
  if (from === to) return createHash("sha256").digest();
  if (to - from === 1) return leaves[from] ?? refuse("no such leaf");
  let split = 1;
  while (2 * split < to - from) split *= 2;
  return createHash("sha256")
    .update(Buffer.of(1))
    .update(treeHash(leaves, from, from + split))
    .update(treeHash(leaves, from + split, to))
    .digest();
}

/** `<N>` of a tile path: groups of three digits, all but the last behind an x. */
export function indexPath(index: number): string {
  const last = String(index % 1000).padStart(3, "0");
  let rest = Math.floor(index / 1000);
  let path = last;
  while (rest > 0) {
    path = `x${String(rest % 1000).padStart(3, "0")}/${path}`;
    rest = Math.floor(rest / 1000);
  }
  return path;
}

/** The bytes that tile `index` of `level` has at `width` hashes. */
export function tileBytes(leaves: readonly Buffer[], level: number, index: number, width: number): Buffer {
  const each = 256 ** level;
  const first = index * 256;
  return Buffer.concat(
    Array.from({ length: width }, (_, i) => treeHash(leaves, (first + i) * each, (first + i + 1) * each)),
  );
}

/** The entries of a bundle: each behind its length, a big-endian uint16. */
export function bundleEntries(bytes: Buffer): readonly Buffer[] {
  const entries: Buffer[] = [];
  for (let at = 0; at < bytes.length;) {
    if (at + 2 > bytes.length) refuse("a bundle that breaks in a length");
    const end = at + 2 + bytes.readUInt16BE(at);
    if (end > bytes.length) refuse("a bundle that breaks in an entry");
    entries.push(bytes.subarray(at + 2, end));
    at = end;
  }
  return entries;
}
