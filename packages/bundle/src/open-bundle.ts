import { malformed } from "./bundle-error.ts";
import { ByteReader } from "./byte-reader.ts";
import { readCohortSection, type ListedCohort } from "./cohort-section.ts";
import type { Sha256 } from "./crypto.ts";
import { Fingerprints } from "./fingerprint.ts";
import { headerBytes, readLayout, type Layout } from "./layout.ts";
import { bundleBytesMax as defaultBundleBytesMax } from "./limits.ts";
import { readManifest, type Manifest } from "./manifest.ts";
import { checkSignatures, hex, type SignaturePolicy } from "./signature.ts";

export interface Bundle extends Manifest {
  readonly version: number;
  /** The listed cohorts by name, in the order of the file. */
  readonly sets: ReadonlyMap<string, ListedCohort>;
  /** The key ids (SHA-256 of the raw public key, hex) of all signatures, those of unknown keys included. */
  readonly signedBy: readonly string[];
}

/**
 * Opens a bundle that the given keys have signed. Throws a BundleError: ERR_BUNDLE_SIZE, ERR_BUNDLE_FORMAT,
 * ERR_BUNDLE_SIGNATURE, ERR_BUNDLE_THRESHOLD. Says nothing of expiry and version: see `checkFreshness`. `bundleBytesMax`
 * defaults to 64 MiB.
 */
export function openBundle(
  bytes: Uint8Array,
  options: SignaturePolicy & { readonly bundleBytesMax?: number },
): Bundle {
  const layout = readLayout(bytes, options.bundleBytesMax ?? defaultBundleBytesMax);
  // Signatures first: nothing that nobody vouches for is parsed.
  checkSignatures(layout, options);
  return readContents(layout, options.sha256);
}

/** What a bundle says of itself, whoever signed it. Throws a BundleError: ERR_BUNDLE_SIZE, ERR_BUNDLE_FORMAT. */
export function inspectBundle(
  bytes: Uint8Array,
  options: { readonly sha256: Sha256; readonly bundleBytesMax?: number },
): Bundle {
  const layout = readLayout(bytes, options.bundleBytesMax ?? defaultBundleBytesMax);
  return readContents(layout, options.sha256);
}

function readContents({ signedPart, signatures }: Layout, sha256: Sha256): Bundle {
  const reader = new ByteReader(signedPart, headerBytes);
  const manifest = readManifest(reader.text(reader.uint32()));
  const fingerprints = new Fingerprints(manifest.salt, sha256);
  const sets = new Map<string, ListedCohort>();
  for (let left = reader.uint16(); left > 0; left--) {
    const cohort = readCohortSection(reader, { by: manifest.by, fingerprints });
    if (sets.has(cohort.name)) throw malformed("two cohorts of one name");
    sets.set(cohort.name, cohort);
  }
  if (!reader.isAtEnd) throw malformed("bytes after its last cohort");
  return {
    ...manifest,
    version: manifest.policy.version,
    sets,
    signedBy: signatures.map(({ keyId }) => hex(keyId)),
  };
}
