import { TransparencyError } from "./errors.ts";
import { hashBytes } from "./merkle-hash.ts";

/** The bytes of a tile: its hashes one after the other. */
export function encodeTile(hashes: readonly Uint8Array[]): Uint8Array {
  return Buffer.concat(hashes);
}

/** The hashes of a tile that must hold exactly `width` of them. Throws ERR_TILE_MALFORMED. */
export function decodeTile(bytes: Uint8Array, width: number): readonly Uint8Array[] {
  if (bytes.length !== width * hashBytes) {
    throw new TransparencyError(
      "ERR_TILE_MALFORMED",
      `tile of ${bytes.length} bytes, expected ${width * hashBytes}`,
    );
  }
  return Array.from({ length: width }, (_, i) => bytes.subarray(i * hashBytes, (i + 1) * hashBytes));
}
