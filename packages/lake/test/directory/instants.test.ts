import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { parseLogTimeUs } from "@cordon/model";
import fc from "fast-check";
import { expect, test } from "vitest";
import { typedView } from "../../src/directory/check-table.ts";
import { defaultEngineLimits } from "../../src/directory/engine-limits.ts";
import { Engine, rows } from "../../src/directory/engine.ts";
import { accountsFormat } from "../../src/directory/table-format.ts";
import { jsonlTable } from "../../src/directory/text-table.ts";
import { jsonl } from "./files.ts";
import { temporaryFolder } from "./temporary-folder.ts";

const digits = (length: number, max: number) =>
  fc.nat(max).map((number) => String(number).padStart(length, "0"));

/** RFC 3339 and what is nearly that. */
const time = fc
  .record({
    year: fc.oneof(digits(4, 9999), fc.constantFrom("0000", "0099", "0100", "1900", "2000", "2014")),
    month: digits(2, 13),
    day: digits(2, 32),
    separator: fc.constantFrom("T", "T", "T", "t", " "),
    hour: digits(2, 25),
    minute: digits(2, 61),
    second: digits(2, 61),
    fraction: fc.oneof(
      fc.constant(""),
      fc.nat(999_999_999).map((number) => `.${number}`),
      fc.constantFrom(".", ".9999999999999"),
    ),
    zone: fc.constantFrom(
      "Z",
      "Z",
      "Z",
      "z",
      "",
      "+02:00",
      "-00:00",
      "+14:30",
      "-23:59",
      "+24:00",
      "+0200",
      " Z",
    ),
  })
  .map(
    (p) =>
      `${p.year}-${p.month}-${p.day}${p.separator}${p.hour}:${p.minute}:${p.second}${p.fraction}${p.zone}`,
  );

/** What DuckDB would take, or takes otherwise. */
const edges = [
  "2014-05-20T24:00:00Z",
  "2014-05-20",
  "2014-05-20 00:00:00Z",
  "2014-05-20T00:00Z",
  "infinity",
  "epoch",
  "2014-05-20T00:00:00Z (BC)",
  "2014-05-20T00:00:00 Europe/Stockholm",
  "2014-12-31T23:59:60Z",
  "0001-01-01T00:00:00Z",
  "1969-12-31T23:59:59.9999999Z",
  "9999-12-31T23:59:59.9999999-23:59",
  "12014-05-20T00:00:00Z",
  "2014-05-20T00:00:00Z\n",
];

test("a time in a file is read as the model reads it", async () => {
  const file = join(await temporaryFolder(), "times.jsonl");
  const engine = await Engine.open(defaultEngineLimits);
  let readable = 0;
  try {
    await engine.with(async (connection) => {
      await fc.assert(
        fc.asyncProperty(fc.array(time, { minLength: 200, maxLength: 400 }), async (generated) => {
          const times = [...edges, ...generated];
          await writeFile(file, jsonl(times.map((created_at) => ({ created_at }))));
          const source = { connection, file, format: accountsFormat, required: [], relation: "raw" };
          const table = await jsonlTable(source);
          await typedView(connection, { table, format: accountsFormat, view: "typed" });
          const read = await rows(connection, "SELECT created_at FROM typed ORDER BY line");
          await connection.run("DROP VIEW typed; DROP TABLE raw");
          const expected = times.map((text) => parseLogTimeUs(text));
          expect(read.map((row) => (row["created_at"] === null ? null : Number(row["created_at"])))).toEqual(
            expected,
          );
          readable += expected.filter((us) => us !== null).length;
        }),
        { numRuns: 20 },
      );
    });
  } finally {
    engine.close();
  }
  expect(readable).toBeGreaterThan(100);
});
