import { TransparencyError } from "./errors.ts";

/** The length of an entry is written in two bytes. */
export const entryBytesMax = 65_535;

/** The bytes of a bundle: each entry behind its length as uint16, big-endian. Throws ERR_BUNDLE_MALFORMED for a longer entry. */
export function encodeBundle(entries: readonly Uint8Array[]): Uint8Array {
  const parts: Uint8Array[] = [];
  for (const entry of entries) {
    if (entry.length > entryBytesMax) {
      throw new TransparencyError(
        "ERR_BUNDLE_MALFORMED",
        `entry of ${entry.length} bytes, expected at most ${entryBytesMax}`,
      );
    }
    parts.push(Uint8Array.of(entry.length >> 8, entry.length & 0xff), entry);
  }
  return Buffer.concat(parts);
}

/** The entries of a bundle that must hold exactly `width` of them and nothing else. Throws ERR_BUNDLE_MALFORMED. */
export function decodeBundle(bytes: Uint8Array, width: number): readonly Uint8Array[] {
  const entries: Uint8Array[] = [];
  let offset = 0;
  while (offset < bytes.length) {
    const high = bytes[offset];
    const low = bytes[offset + 1];
    const length = high === undefined || low === undefined ? bytes.length : (high << 8) | low;
    const end = offset + 2 + length;
    if (end > bytes.length || entries.length === width) {
      throw new TransparencyError(
        "ERR_BUNDLE_MALFORMED",
        `entry bundle breaks at byte ${offset} in entry ${entries.length}, expected ${width} entries`,
      );
    }
    entries.push(bytes.subarray(offset + 2, end));
    offset = end;
  }
  if (entries.length !== width) {
    throw new TransparencyError(
      "ERR_BUNDLE_MALFORMED",
      `entry bundle of ${entries.length} entries, expected ${width}`,
    );
  }
  return entries;
}
