import { BundleError, malformed } from "./bundle-error.ts";
import { cohortSectionBytes, writeCohortSection, type CohortContents } from "./cohort-section.ts";
import { headerBytes, magic, viewOf, writeLayout } from "./layout.ts";
import { cohortsMax, membersMax, nameBytesMax } from "./limits.ts";
import { writeManifest, type Manifest } from "./manifest.ts";

/**
 * A bundle without signatures: nobody accepts it before `addSignature`. Throws a BundleError (ERR_BUNDLE_SIZE) when it
 * would be over `bundleBytesMax`, before it allocates the bytes.
 */
export function encodeBundle(
  contents: Manifest & { readonly cohorts: readonly CohortContents[] },
  bundleBytesMax: number,
): Uint8Array {
  const { cohorts } = contents;
  const manifest = writeManifest(contents);
  checkCohorts(cohorts);
  const sectionsBytes = cohorts.reduce((sum, cohort) => sum + cohortSectionBytes(cohort), 0);
  const signedBytes = headerBytes + 4 + manifest.length + 2 + sectionsBytes;
  if (signedBytes + 1 > bundleBytesMax) {
    throw new BundleError("ERR_BUNDLE_SIZE", `${signedBytes} bytes, over the limit of ${bundleBytesMax}`);
  }
  const bytes = new Uint8Array(signedBytes);
  const view = viewOf(bytes);
  bytes.set(magic, 0);
  view.setUint32(magic.length, signedBytes, true);
  view.setUint32(headerBytes, manifest.length, true);
  bytes.set(manifest, headerBytes + 4);
  let at = headerBytes + 4 + manifest.length;
  view.setUint16(at, cohorts.length, true);
  at += 2;
  for (const cohort of cohorts) at = writeCohortSection(cohort, bytes, at);
  return writeLayout({ signedPart: bytes, signatures: [] });
}

function checkCohorts(cohorts: readonly CohortContents[]): void {
  if (cohorts.length > cohortsMax)
    throw new BundleError("ERR_BUNDLE_SIZE", `more than ${cohortsMax} cohorts`);
  if (new Set(cohorts.map(({ name }) => name)).size !== cohorts.length)
    throw malformed("two cohorts of one name");
  for (const { name, fingerprints } of cohorts) {
    if (new TextEncoder().encode(name).length > nameBytesMax) {
      throw new BundleError("ERR_BUNDLE_SIZE", `a cohort's name of more than ${nameBytesMax} bytes`);
    }
    if (fingerprints.length / 8 > membersMax) {
      throw new BundleError("ERR_BUNDLE_SIZE", `cohort \`${name}\` has more than ${membersMax} members`);
    }
  }
}
