import { malformed } from "./bundle-error.ts";
import { ByteReader } from "./byte-reader.ts";
import { AccountHasher } from "./account-hash.ts";
import { readCohorts } from "./cohort-table.ts";
import { headerBytes, readLayout, type Layout } from "./layout.ts";
import { bundleBytesMax as defaultBundleBytesMax } from "./limits.ts";
import type { ListedCohort } from "./listed-cohort.ts";
import { readManifest, type Manifest } from "./manifest.ts";
import { checkSignatures, hex, type SignaturePolicy } from "./signature.ts";

export interface Bundle extends Manifest {
  readonly version: number;
  /** The listed cohorts by name, in the order of the file. */
  readonly sets: ReadonlyMap<string, ListedCohort>;
  /** The key ids (SHA-256 of the raw public key, hex) of all signatures, those of unknown keys included. */
  readonly signedBy: readonly string[];
  /**
   * Opens all sections. Throws a BundleError when one is malformed: whoever puts a bundle in force calls it before, so
   * that no look-up ever throws. Takes tens of milliseconds for millions of members.
   */
  readonly prepare: () => void;
}

/**
 * Opens a bundle that the given keys have signed. Throws a BundleError: ERR_BUNDLE_SIZE, ERR_BUNDLE_FORMAT,
 * ERR_BUNDLE_SIGNATURE, ERR_BUNDLE_THRESHOLD. Says nothing of expiry and version: see `checkFreshness`; and nothing of
 * the inside of its sections: see `prepare`. `bundleBytesMax` defaults to 64 MiB.
 */
export function openBundle(
  bytes: Uint8Array,
  options: SignaturePolicy & { readonly bundleBytesMax?: number },
): Bundle {
  const layout = readLayout(bytes, options.bundleBytesMax ?? defaultBundleBytesMax);
  // Signatures first: nothing that nobody vouches for is parsed.
  checkSignatures(layout, options);
  return readContents(layout);
}

/** What a bundle says of itself, whoever signed it. Throws a BundleError: ERR_BUNDLE_SIZE, ERR_BUNDLE_FORMAT. */
export function inspectBundle(bytes: Uint8Array, options: { readonly bundleBytesMax?: number } = {}): Bundle {
  const layout = readLayout(bytes, options.bundleBytesMax ?? defaultBundleBytesMax);
  return readContents(layout);
}

function readContents({ signedPart, signatures }: Layout): Bundle {
  const reader = new ByteReader(signedPart, headerBytes);
  const manifest = readManifest(reader.text(reader.uint32()));
  const sets = readCohorts(reader, manifest, new AccountHasher(manifest.salt));
  if (!reader.isAtEnd) throw malformed("bytes after its last section");
  return {
    ...manifest,
    version: manifest.policy.version,
    sets,
    signedBy: signatures.map(({ keyId }) => hex(keyId)),
    prepare: () => {
      for (const set of sets.values()) set.prepare();
    },
  };
}
