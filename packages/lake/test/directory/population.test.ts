import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { importDirectory, openDirectory, openPopulation } from "@cordon/lake";
import type { PopulationSource } from "@cordon/lake";
import { sql } from "./files.ts";
import { temporaryFolder } from "./temporary-folder.ts";

const windowEnd = "2014-05-26T00:00:00Z";
const windowEndUs = Date.parse(windowEnd) * 1000;
const header = "account_id,created_at,market,locale\n";
const lines = [
  "u-1,2014-05-20T00:00:00Z,SE,sv",
  "u-2,,SE,sv",
  "u-3,2014-05-25T23:59:59.999999Z,SE,sv",
  `u-4,${windowEnd},SE,sv`,
  "canary-1,2014-05-20T00:00:00Z,SE,sv",
];

async function check(source: PopulationSource): Promise<void> {
  const population = await openPopulation(source, { windowEndUs, decoys: ["canary-1", "canary-9"] });
  try {
    expect(population.all).toBe(3);
    const asked = ["u-4", "u-2", "u-9", "canary-1", "u-2", "u-1\0"];
    expect(await population.has(asked)).toEqual(new Set(["u-4", "u-2", "canary-1"]));
    expect(await population.counted(asked)).toEqual(new Set(["u-2"]));
    expect(await population.has([])).toEqual(new Set());
    const [first, second] = await Promise.all([population.has(["u-1"]), population.counted(["u-3"])]);
    expect([first, second]).toEqual([new Set(["u-1"]), new Set(["u-3"])]);
  } finally {
    population.close();
  }
}

test("accounts created at or after the window's end and decoys do not count, one of unknown age does", async () => {
  const folder = await temporaryFolder();
  const file = join(folder, "accounts.csv");
  await writeFile(file, header + lines.join("\n"));
  await check({ file });

  const parquet = join(folder, "accounts.parquet");
  await sql(
    `COPY (SELECT account_id, CAST(created_at AS TIMESTAMP_NS) AS created_at
           FROM read_csv('${file}', types = {'created_at': 'TIMESTAMPTZ'})) TO '${parquet}' (FORMAT parquet)`,
  );
  await check({ file: parquet });

  const lakeFolder = join(folder, "lake");
  await importDirectory({
    lakeFolder,
    accountsFile: file,
    installationsFile: null,
    asOfMs: Date.parse(windowEnd),
  });
  await check({ file: join(lakeFolder, "accounts.parquet") });
  const directory = await openDirectory({ lakeFolder });
  try {
    await check({ directory });
  } finally {
    directory.close();
  }
});

test("a file of ids alone counts everyone in it", async () => {
  const file = join(await temporaryFolder(), "accounts.csv");
  await writeFile(file, "account_id\nu-1\nu-2\n");
  const population = await openPopulation({ file }, { windowEndUs, decoys: [] });
  expect(population.all).toBe(2);
  population.close();
});

test("a file with wrong input is refused", async () => {
  const file = join(await temporaryFolder(), "accounts.csv");
  await writeFile(file, `${header}u-1,soon,SE,sv\n`);
  await expect(openPopulation({ file }, { windowEndUs, decoys: [] })).rejects.toThrow(
    "accounts.csv:2: created_at is `soon`, expected",
  );
});
