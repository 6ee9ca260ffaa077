import { BundleError, malformed } from "./bundle-error.ts";
import { entryBytes, writeTable, type CohortContents } from "./cohort-table.ts";
import {
  headerBytes,
  magic,
  signatureEntryBytes,
  viewOf,
  writeSignatures,
  type Signature,
} from "./layout.ts";
import { cohortsMax, membersMax, nameBytesMax, openedBytesMax } from "./limits.ts";
import { writeManifest, type Manifest } from "./manifest.ts";
import { openedBytes } from "./ordinal-section.ts";

type Contents = Manifest & { readonly cohorts: readonly CohortContents[] };

/**
 * A bundle without signatures: nobody accepts it before `addSignature`. Throws a BundleError (ERR_BUNDLE_SIZE) when it
 * would be over `bundleBytesMax`, before it allocates the bytes.
 */
export function encodeBundle(contents: Contents, bundleBytesMax: number): Uint8Array {
  // The last byte stays 0: no signature follows.
  return encodeContents(contents, { bundleBytesMax, signatureBytes: 0 });
}

/**
 * The bundle that `addSignature` makes of `encodeBundle`'s, without a copy in between. `sign` is given the signed part,
 * once. Throws as both do, and what `sign` throws.
 */
export function encodeSignedBundle(
  contents: Contents,
  {
    bundleBytesMax,
    sign,
  }: { readonly bundleBytesMax: number; readonly sign: (signedPart: Uint8Array) => Signature },
): Uint8Array {
  const bytes = encodeContents(contents, { bundleBytesMax, signatureBytes: signatureEntryBytes });
  const signedPart = bytes.subarray(0, bytes.length - 1 - signatureEntryBytes);
  writeSignatures(bytes, signedPart.length, [sign(signedPart)]);
  return bytes;
}

/** With room for so many bytes of signatures, and for their number. */
function encodeContents(
  contents: Contents,
  { bundleBytesMax, signatureBytes }: { readonly bundleBytesMax: number; readonly signatureBytes: number },
): Uint8Array {
  const { cohorts } = contents;
  const manifest = writeManifest(contents);
  checkCohorts(cohorts, contents.accounts);
  const tableBytes = cohorts.reduce((sum, { name }) => sum + entryBytes(name), 2);
  const sectionsBytes = cohorts.reduce(
    (sum, { account, ordinal }) => sum + account.bytes.length + ordinal.bytes.length,
    0,
  );
  const signedBytes = headerBytes + 4 + manifest.length + tableBytes + sectionsBytes;
  if (signedBytes + 1 + signatureBytes > bundleBytesMax) {
    throw new BundleError("ERR_BUNDLE_SIZE", `${signedBytes} bytes, over the limit of ${bundleBytesMax}`);
  }
  const bytes = new Uint8Array(signedBytes + 1 + signatureBytes);
  const view = viewOf(bytes);
  bytes.set(magic, 0);
  view.setUint32(magic.length, signedBytes, true);
  view.setUint32(headerBytes, manifest.length, true);
  bytes.set(manifest, headerBytes + 4);
  let at = writeTable(cohorts, bytes, headerBytes + 4 + manifest.length);
  for (const { account, ordinal } of cohorts) {
    bytes.set(account.bytes, at);
    bytes.set(ordinal.bytes, at + account.bytes.length);
    at += account.bytes.length + ordinal.bytes.length;
  }
  return bytes;
}

function checkCohorts(cohorts: readonly CohortContents[], accounts: number): void {
  if (cohorts.length > cohortsMax)
    throw new BundleError("ERR_BUNDLE_SIZE", `more than ${cohortsMax} cohorts`);
  if (new Set(cohorts.map(({ name }) => name)).size !== cohorts.length)
    throw malformed("two cohorts of one name");
  let opened = 0;
  for (const { name, members, ordinal } of cohorts) {
    if (new TextEncoder().encode(name).length > nameBytesMax) {
      throw new BundleError("ERR_BUNDLE_SIZE", `a cohort's name of more than ${nameBytesMax} bytes`);
    }
    if (members > membersMax) {
      throw new BundleError("ERR_BUNDLE_SIZE", `cohort \`${name}\` has more than ${membersMax} members`);
    }
    opened += openedBytes(ordinal, { members, accounts });
  }
  if (opened > openedBytesMax) {
    throw new BundleError("ERR_BUNDLE_SIZE", `cohorts of more than ${openedBytesMax} bytes in memory`);
  }
}
