import { readdir } from "node:fs/promises";
import fc from "fast-check";
import { expect, test } from "vitest";
import { Engine } from "../../src/directory/engine.ts";
import { defaultEngineLimits } from "../../src/directory/engine-limits.ts";
import { copiedParts } from "../../src/directory/postgres/copied-parts.ts";
import type { CopyQuery } from "../../src/directory/postgres/copy-query.ts";
import { sql } from "./files.ts";
import { temporaryFolder } from "./temporary-folder.ts";

const text = { kind: "text", expected: "" } as const;
const query: CopyQuery = {
  sql: "",
  columns: [
    { column: { name: "a", ...text }, type: "text" },
    { column: { name: "b", ...text }, type: "text" },
  ],
};

/** PostgreSQL's text format, as its documentation has it. */
function encoded(value: string | null): string {
  if (value === null) return "\\N";
  const letters = new Map(
    [...["\bb", "\ff", "\nn", "\rr", "\tt", "\vv", "\\\\"]].map((pair) => [pair[0], pair[1]]),
  );
  return value.replaceAll(/[\b\f\n\r\t\v\\]/g, (sign) => `\\${letters.get(sign) ?? ""}`);
}

const value = fc.option(
  fc.array(fc.constantFrom("\\", "n", "N", "\n", "\r", "\t", "\v", "\b", "\f", ",", '"', "", "x", "é"), {
    maxLength: 6,
  }),
  { nil: null },
);

test("however the rows are cut into chunks and parts, they come out as they went in and in order", async () => {
  const engine = await Engine.open(defaultEngineLimits);
  try {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(value, value), { maxLength: 20 }),
        fc.integer({ min: 1, max: 40 }),
        fc.integer({ min: 1, max: 60 }),
        async (given, chunkBytes, partBytes) => {
          const rows = given.map((row) => row.map((pieces) => pieces?.join("") ?? null));
          const bytes = Buffer.from(rows.map((row) => `${row.map(encoded).join("\t")}\n`).join(""));
          const chunks = Array.from({ length: Math.ceil(bytes.length / chunkBytes) }, (_, index) =>
            bytes.subarray(index * chunkBytes, (index + 1) * chunkBytes),
          );
          const folder = await temporaryFolder();
          const { parts } = await engine.with((connection) =>
            copiedParts(
              (async function* () {
                yield* await Promise.resolve(chunks);
              })(),
              { connection, folder, name: "t", query, partBytes, onBytes: () => undefined },
            ),
          );
          const found: unknown[] = [];
          for (const part of parts) {
            const own = await sql(`SELECT a, b FROM '${part.file}'`);
            expect(own).toHaveLength(part.rows);
            found.push(...own.map(({ a, b }) => [a, b]));
          }
          expect(found).toEqual(rows);
          expect((await readdir(folder)).every((name) => name.endsWith(".parquet"))).toBe(true);
        },
      ),
      { numRuns: 15 },
    );
  } finally {
    engine.close();
  }
});
