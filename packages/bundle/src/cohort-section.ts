import { malformed } from "./bundle-error.ts";
import type { ByteReader } from "./byte-reader.ts";
import type { Fingerprints } from "./fingerprint.ts";
import { FingerprintIndex } from "./fingerprint-index.ts";
import { viewOf } from "./layout.ts";

const fingerprintBytes = 8;
const fixedBytes = 2 + 4 + 4;

/** One cohort on its way into a file. */
export interface CohortContents {
  readonly name: string;
  /** From `sortFingerprints`: eight bytes a member. */
  readonly fingerprints: Uint8Array;
  /** The ordinal of each member, in any order, for bundles by ordinal; else null. */
  readonly ordinals: Uint32Array | null;
}

/** A listed cohort of an opened bundle. */
export class ListedCohort {
  readonly name: string;
  readonly members: number;
  /** What the cohort takes in the file. */
  readonly bytes: number;
  readonly #fingerprints: Fingerprints;
  readonly #index: FingerprintIndex;
  readonly #bitmap: Uint8Array | null;

  constructor(contents: {
    readonly name: string;
    readonly bytes: number;
    readonly fingerprints: Fingerprints;
    readonly index: FingerprintIndex;
    readonly bitmap: Uint8Array | null;
  }) {
    this.name = contents.name;
    this.members = contents.index.size;
    this.bytes = contents.bytes;
    this.#fingerprints = contents.fingerprints;
    this.#index = contents.index;
    this.#bitmap = contents.bitmap;
  }

  /**
   * Exact for every account of the directory that the bundle was built from. A bundle by ordinal looks up the ordinal
   * where there is one; everything else goes by account. Without either: false.
   */
  has(account: string | null, ordinal: number | null): boolean {
    if (this.#bitmap !== null && ordinal !== null) {
      // A division, not a shift: ordinals of requests may be any whole number.
      const byte = this.#bitmap[Math.floor(ordinal / 8)] ?? 0;
      return (byte & (1 << (ordinal % 8))) !== 0;
    }
    const fingerprint = account === null ? null : this.#fingerprints.of(account);
    return fingerprint !== null && this.#index.has(fingerprint);
  }
}

export function cohortSectionBytes({ name, fingerprints, ordinals }: CohortContents): number {
  return fixedBytes + new TextEncoder().encode(name).length + bitmapBytes(ordinals) + fingerprints.length;
}

/** The shortest bitmap that reaches the last member. */
function bitmapBytes(ordinals: Uint32Array | null): number {
  if (ordinals === null) return 0;
  let end = 0;
  for (const ordinal of ordinals) end = Math.max(end, Math.floor(ordinal / 8) + 1);
  return end;
}

/** Writes the section at `at`; returns where it ends. */
export function writeCohortSection(cohort: CohortContents, bytes: Uint8Array, at: number): number {
  const { fingerprints, ordinals } = cohort;
  const name = new TextEncoder().encode(cohort.name);
  const view = viewOf(bytes);
  view.setUint16(at, name.length, true);
  bytes.set(name, at + 2);
  const afterName = at + 2 + name.length;
  const bitmapLength = bitmapBytes(ordinals);
  view.setUint32(afterName, fingerprints.length / fingerprintBytes, true);
  view.setUint32(afterName + 4, bitmapLength, true);
  const bitmapAt = afterName + 8;
  for (const ordinal of ordinals ?? []) {
    const byteAt = bitmapAt + Math.floor(ordinal / 8);
    bytes[byteAt] = (bytes[byteAt] ?? 0) | (1 << (ordinal % 8));
  }
  bytes.set(fingerprints, bitmapAt + bitmapLength);
  return bitmapAt + bitmapLength + fingerprints.length;
}

/** Reads one section. Throws a BundleError for anything that `writeCohortSection` would not write. */
export function readCohortSection(
  reader: ByteReader,
  options: { readonly by: "account" | "ordinal"; readonly fingerprints: Fingerprints },
): ListedCohort {
  const start = reader.offset;
  const name = reader.text(reader.uint16());
  if (name === "") throw malformed("a cohort without a name");
  const members = reader.uint32();
  const bitmapLength = reader.uint32();
  const bitmap = reader.bytes(bitmapLength);
  const index = new FingerprintIndex(reader.bytes(members * fingerprintBytes));
  if (options.by === "account" && bitmapLength > 0) throw malformed("a bitmap in a bundle by account");
  if (options.by === "ordinal") checkBitmap(bitmap, members);
  return new ListedCohort({
    name,
    bytes: reader.offset - start,
    fingerprints: options.fingerprints,
    index,
    bitmap: options.by === "ordinal" ? bitmap : null,
  });
}

function checkBitmap(bitmap: Uint8Array, members: number): void {
  if (bitmap.length > 0 && bitmap[bitmap.length - 1] === 0) throw malformed("a bitmap that ends in nothing");
  let ones = 0;
  for (const byte of bitmap) {
    for (let bits = byte; bits !== 0; bits &= bits - 1) ones++;
  }
  if (ones !== members) throw malformed(`a bitmap of ${ones} members where ${members} are announced`);
}
