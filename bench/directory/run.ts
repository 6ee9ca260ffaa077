import { fork } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { mkdir, mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";

import { openJournal } from "@cordon/journal-postgres";
import pg from "pg";

import { describeMachine, load } from "../machine.ts";
import { countCohorts } from "./counts.ts";
import { timePreviews } from "./previews.ts";
import type { ImportFigures, ImportOrder } from "./import-process.ts";
import { filesOf, makePeople, type FileFormat } from "./people.ts";

const help = `Measures the import of a directory (accounts, and one installation or two each), how fast cohorts are counted,
and how long the preview of a plan takes as the API computes it.

  node bench/directory/run.ts --accounts 40000000 --rounds 10 --work /big/disk

  --accounts N       accounts (default 1000000)
  --sources LIST     parquet, csv, jsonl, postgres (default parquet)
  --rounds N         measured rounds of each count (default 10)
  --slow-seconds N   who takes longer than this is measured once (default 20)
  --seed N           other people (default 1)
  --work DIR         a folder for about 200 bytes an account, 600 with csv, jsonl or postgres (default: a temporary one)
  --out FILE         the results (default bench/results/directory-ACCOUNTS.json)
`;

const { values } = parseArgs({
  options: {
    accounts: { type: "string", default: "1000000" },
    sources: { type: "string", default: "parquet" },
    rounds: { type: "string", default: "10" },
    "slow-seconds": { type: "string", default: "20" },
    seed: { type: "string", default: "1" },
    work: { type: "string" },
    out: { type: "string" },
    help: { type: "boolean", default: false },
  },
});

type Source = FileFormat | "postgres";
const sourceNames: readonly Source[] = ["parquet", "csv", "jsonl", "postgres"];
const asOfMs = Date.parse("2014-05-27T12:00:00Z");

function refuse(message: string): never {
  process.stderr.write(`${message}\n`);
  process.exit(2);
}

function whole(name: string, text: string): number {
  const value = Number(text);
  if (/^[1-9][0-9]*$/.test(text) && Number.isSafeInteger(value)) return value;
  return refuse(`--${name}: \`${text}\` is no whole number, expected one above 0`);
}

function note(text: string): void {
  process.stderr.write(`${new Date().toISOString().slice(11, 19)} ${text}\n`);
}

async function inProcess(order: ImportOrder): Promise<ImportFigures> {
  const child = fork(path.join(import.meta.dirname, "import-process.ts"));
  const failed = once(child, "exit").then(([code]) => {
    throw new Error(`the import ended with ${String(code)}`);
  });
  failed.catch(() => undefined);
  child.send(order);
  const [figures] = (await Promise.race([once(child, "message"), failed])) as [ImportFigures];
  await once(child, "exit").catch(() => undefined);
  return figures;
}

interface Imported extends ImportFigures {
  readonly loadAtEnd: number;
}

function said(name: string, { seconds, cpuSeconds, peakRssBytes }: ImportFigures): string {
  return `${name}: ${seconds.toFixed(1)} s (CPU ${cpuSeconds.toFixed(1)} s), peak ${(peakRssBytes / 2 ** 20).toFixed(0)} MiB`;
}

async function importFiles(work: string, format: FileFormat, lakeFolder: string): Promise<Imported> {
  const figures = await inProcess({ way: "files", files: filesOf(work, format), lakeFolder, asOfMs });
  note(said(`import from ${format}`, figures));
  return { ...figures, loadAtEnd: load() };
}

/** People of the same shape; the database's server runs on the same cores. */
async function importPostgres(accounts: number, lakeFolder: string): Promise<Imported> {
  // The embedded PostgreSQL as a home has it; the tables lie beside the journal's.
  const home = path.join(path.dirname(lakeFolder), "home");
  const journal = await openJournal({ home, databaseUrl: null, clock: Date.now, randomBytes });
  const url = (await readFile(path.join(home, "postgres.url"), "utf8")).trim();
  const client = new pg.Client({ connectionString: url });
  try {
    await client.connect();
    await client.query(`
      CREATE UNLOGGED TABLE accounts AS
        SELECT 'u-' || lpad(to_hex((i + 77) * 25214903917 % 281474976710656), 12, '0') AS account_id,
          timestamptz '2008-01-01Z' + i * 7919 % 200000000 * interval '1 second' AS created_at,
          (array['SE', 'GB', 'US', 'DE', 'FR'])[1 + i % 5] AS market, 'en' AS locale,
          'person.' || i || '@example.com' AS email,
          timestamptz '2012-01-01Z' + i * 104729 % 70000000 * interval '1 second' AS password_set_at
        FROM generate_series(0::bigint, ${accounts - 1}) AS i;
      CREATE UNLOGGED TABLE installations AS
        SELECT account_id, (array['android', 'ios', 'web'])[1 + k] AS platform, 'website' AS store,
          '1.' || length(email) || '.' || k AS version, created_at AS last_seen, k = 0 AS has_offline
        FROM accounts, generate_series(0, 1) AS k WHERE k = 0 OR market IN ('SE', 'GB')`);
    await client.end();
    const figures = await inProcess({ way: "postgres", url, lakeFolder, asOfMs });
    note(said("import from postgres", figures));
    return { ...figures, loadAtEnd: load() };
  } finally {
    client.on("error", () => undefined);
    await journal.close();
  }
}

async function measure(work: string, accounts: number, sources: readonly Source[]) {
  const shape = { accounts, seed: whole("seed", values.seed) };
  const loadBefore = load();
  const imports: Partial<Record<Source, Imported>> = {};
  let counted: string | null = null;
  await makePeople(shape, { folder: work, format: "parquet" });
  const floor = await inProcess({ way: "rewrite", files: filesOf(work, "parquet"), intoFolder: work });
  note(said("floor, the same files rewritten by DuckDB", floor));
  for (const source of sources) {
    const lakeFolder = path.join(work, `lake-${source}`);
    if (source === "postgres") {
      imports[source] = await importPostgres(accounts, lakeFolder);
    } else {
      if (source !== "parquet") await makePeople(shape, { folder: work, format: source });
      imports[source] = await importFiles(work, source, lakeFolder);
    }
    const figures = imports[source];
    if (figures.accounts !== accounts) throw new Error(`${source}: ${String(figures.accounts)} accounts`);
    if (counted === null) counted = lakeFolder;
    else await rm(lakeFolder, { recursive: true });
  }
  const again =
    counted === null || sources[0] === "postgres" || sources[0] === undefined
      ? null
      : await importFiles(work, sources[0], counted);
  // Before the counts, so that no cohort is kept from there.
  const previews =
    counted === null
      ? {}
      : await timePreviews(counted, accounts, {
          rounds: whole("rounds", values.rounds),
          slowMs: whole("slow-seconds", values["slow-seconds"]) * 1000,
          note,
        });
  const counts =
    counted === null
      ? {}
      : await countCohorts(counted, {
          rounds: whole("rounds", values.rounds),
          slowMs: whole("slow-seconds", values["slow-seconds"]) * 1000,
          note,
        });
  const bytes = await Promise.all(
    Object.values(filesOf(work, "parquet")).map(async (file: string) => (await stat(file)).size),
  );
  return {
    ...shape,
    parquetBytes: bytes,
    loads: { before: loadBefore, after: load() },
    floor,
    imports,
    importedAgain: again,
    counts,
    previews,
  };
}

if (values.help) process.stdout.write(help);
else {
  const accounts = whole("accounts", values.accounts);
  const sources = values.sources.split(",").map((name) => {
    const source = sourceNames.find((each) => each === name);
    return source ?? refuse(`--sources: \`${name}\`, expected some of ${sourceNames.join(", ")}`);
  });
  const out = values.out ?? new URL(`../results/directory-${accounts}.json`, import.meta.url).pathname;
  const above = values.work ?? tmpdir();
  await mkdir(above, { recursive: true });
  const work = await mkdtemp(path.join(above, "cordon-bench-directory-"));
  try {
    const result = await measure(work, accounts, sources);
    await mkdir(path.dirname(out), { recursive: true });
    const machine = describeMachine(["@duckdb/node-api"]);
    await writeFile(out, `${JSON.stringify({ machine, ...result }, null, 2)}\n`);
    for (const [name, figures] of Object.entries({ ...result.counts, ...result.previews })) {
      for (const { name: who, minMs, medianMs, answer } of figures)
        process.stdout.write(`${name} | ${who} | ${minMs.toFixed(1)} | ${medianMs.toFixed(1)} | ${answer}\n`);
    }
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}
