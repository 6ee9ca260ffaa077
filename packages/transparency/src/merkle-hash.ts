import { hash } from "node:crypto";

export const hashBytes = 32;

/** SHA-256 of the parts one after the other. */
export function sha256(...parts: readonly Uint8Array[]): Uint8Array {
  return hash(
    "sha256",
    parts.length === 1 && parts[0] !== undefined ? parts[0] : Buffer.concat(parts),
    "buffer",
  );
}

const leafPrefix = Uint8Array.of(0x00);
const nodePrefix = Uint8Array.of(0x01);

/** The root of the tree without leaves (RFC 6962 2.1). */
export function emptyRoot(): Uint8Array {
  return sha256(new Uint8Array());
}

/** RFC 6962 2.1: SHA-256(0x00 ‖ data). */
export function hashLeaf(data: Uint8Array): Uint8Array {
  return sha256(leafPrefix, data);
}

/** RFC 6962 2.1: SHA-256(0x01 ‖ left ‖ right). */
export function hashNode(left: Uint8Array, right: Uint8Array): Uint8Array {
  return sha256(nodePrefix, left, right);
}

export function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && Buffer.compare(a, b) === 0;
}
