import { createHash } from "node:crypto";

import type { DuckDBConnection } from "@duckdb/node-api";
import { compareCodePoints } from "@cordon/model";

/**
 * A digest over the multiset of raw lines of each source: SHA-256 over, for each source by name, its name and the SHA-256 of
 * the sorted SHA-256 of its lines. Names, order and compression of the files do not matter.
 */
export async function findDigest(connection: DuckDBConnection, sources: readonly string[]): Promise<string> {
  const lines = sources.map((name) => ({ name, hash: createHash("sha256") }));
  const result = await connection.stream("SELECT source, word0, word1, word2, word3 FROM lines ORDER BY ALL");
  for (;;) {
    const chunk = await result.fetchChunk();
    if (chunk === null || chunk.rowCount === 0) break;
    const [numbers = [], ...words] = chunk.getColumns();
    const bytes = Buffer.alloc(chunk.rowCount * 32);
    for (const [word, values] of words.entries()) {
      for (const [row, value] of values.entries()) {
        if (typeof value === "bigint") bytes.writeBigUInt64BE(value, row * 32 + word * 8);
      }
    }
    // A chunk may end one source's lines and begin the next one's.
    for (let row = 0; row < numbers.length;) {
      const source = Number(numbers[row]);
      const after = numbers.findIndex((number, index) => index > row && Number(number) !== source);
      const end = after === -1 ? numbers.length : after;
      lines[source]?.hash.update(bytes.subarray(row * 32, end * 32));
      row = end;
    }
  }
  const digest = createHash("sha256").update("cordon evidence\n");
  for (const { name, hash } of lines.sort((a, b) => compareCodePoints(a.name, b.name))) {
    // The name is quoted, so that no name can run over into the digest of its lines.
    digest.update(`${JSON.stringify(name)} ${hash.digest("hex")}\n`);
  }
  return `sha256:${digest.digest("hex")}`;
}
