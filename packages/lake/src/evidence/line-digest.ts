import { createHash } from "node:crypto";

import type { DuckDBConnection } from "@duckdb/node-api";
import { compareCodePoints } from "@cordon/model";

/** Lines of a source that are sorted at once; more are sorted in portions by the first byte of their hash. */
const linesAtOnce = 2_000_000;
const portions = 256;

/**
 * SHA-256 over the sorted SHA-256 of a source's lines, in hex. `relation` has `source`, `bucket` (the hash's first byte)
 * and `hash`.
 */
export async function digestOfLines(
  connection: DuckDBConnection,
  relation: string,
  lines: number,
): Promise<string> {
  const digest = createHash("sha256");
  const step = lines <= linesAtOnce ? portions : 1;
  for (let bucket = 0; bucket < portions; bucket += step) {
    const result = await connection.stream(
      // Many hashes a text: taking out one by one costs more than sorting them.
      `SELECT array_to_string(list_transform(hashes, hash -> hex(hash)), '') FROM (
         SELECT list(hash ORDER BY hash) AS hashes, hash[1:2] AS beginning FROM ${relation}
         WHERE bucket >= ${bucket} AND bucket < ${bucket + step} GROUP BY beginning) ORDER BY beginning`,
    );
    for (;;) {
      const chunk = await result.fetchChunk();
      if (chunk === null || chunk.rowCount === 0) break;
      for (const hashes of chunk.getColumnValues(0)) digest.update(Buffer.from(String(hashes), "hex"));
    }
  }
  return digest.digest("hex");
}

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
