import { createHash } from "node:crypto";

import { compareCodePoints } from "@cordon/model";

/**
 * A digest over the multiset of raw lines of each source: SHA-256 over, for each source by name, its name and the digest of
 * its lines. Names, order and compression of the files do not matter.
 */
export function evidenceDigest(bySource: ReadonlyMap<string, string>): string {
  const digest = createHash("sha256").update("cordon evidence\n");
  for (const [name, lines] of [...bySource].sort(([a], [b]) => compareCodePoints(a, b))) {
    // The name is quoted, so that no name can run over into the digest of its lines.
    digest.update(`${JSON.stringify(name)} ${lines}\n`);
  }
  return `sha256:${digest.digest("hex")}`;
}
