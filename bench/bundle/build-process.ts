import { closeSync, mkdirSync, openSync, symlinkSync, unlinkSync, writeFileSync, writeSync } from "node:fs";
import path from "node:path";
import { deflateSync, inflateSync } from "node:zlib";

import { decodeOrdinals, encodeOrdinals, entropyBitsPerMember, openBundle } from "@cordon/bundle";
import {
  buildBundle,
  buildOrdinalBundle,
  generateBundleKeyPair,
  readBundlePublicKey,
  sha256,
  verifyEd25519,
} from "@cordon/control-plane";
import { DuckDBInstance } from "@duckdb/node-api";
import { openDirectory } from "@cordon/lake";

import { idOf, isMember, populate, xorshift, type Population } from "./population.ts";

/** What one size comes to; times in milliseconds, one for each round. */
export interface BuildFigures {
  readonly entropyBits: number;
  readonly sizes: Readonly<Record<string, number>>;
  readonly times: Readonly<Record<string, readonly number[]>>;
  readonly peakRssBytes: number;
}

const [accountsText = "", membersText = "", seedText = "", roundsText = "", work = "", withLake = ""] =
  process.argv.slice(2);
const [accounts, memberCount, seed, rounds] = [accountsText, membersText, seedText, roundsText].map(
  Number,
) as [number, number, number, number];

const { privateKeyPem, publicKeyPem } = generateBundleKeyPair();
const trust = { keys: [readBundlePublicKey(publicKeyPem)], threshold: 1, sha256, verify: verifyEd25519 };
const cutoff = "2014-05-27T12:00:00Z";
const request = {
  policy: { version: 1, rules: [{ id: "r", measure: "reauthenticate", cohort: "one", cutoff }] },
  asOfMs: Date.parse(cutoff),
  expiresAtMs: null,
  privateKeyPem,
};

const times: Record<string, number[]> = {};
async function timed<T>(name: string, run: () => T | Promise<T>): Promise<T> {
  const started = performance.now();
  const result = await run();
  (times[name] ??= []).push(performance.now() - started);
  return result;
}

function checkAll(population: Population, bytes: Uint8Array, by: "account" | "ordinal"): void {
  const one = openBundle(bytes, trust).sets.get("one");
  for (let ordinal = 0; ordinal < accounts; ordinal++) {
    const has = by === "account" ? one?.has(idOf(population, ordinal), null) : one?.has(null, ordinal);
    if (has !== isMember(population.members, ordinal))
      throw new Error(`account ${ordinal} by ${by} is wrong`);
  }
}

/** Queries for the look-up processes: half of them members, in no order. */
function writeQueries(population: Population): void {
  const next = xorshift(seed + 1);
  const lines: string[] = [];
  for (let wanted = 0; lines.length < 1_000_000;) {
    const ordinal = Math.floor((next() / 2 ** 32) * accounts);
    if (memberCount * 20 > accounts && isMember(population.members, ordinal) !== (wanted % 2 === 0)) continue;
    wanted++;
    lines.push(`${idOf(population, ordinal)} ${ordinal}`);
  }
  writeFileSync(path.join(work, "queries.txt"), lines.join("\n"));
}

const population = populate(accounts, memberCount, seed);
const directory = async function* (): AsyncGenerator<Population["blocks"][number]> {
  for (const block of population.blocks) yield await Promise.resolve(block);
};
const ready = new Map([["one", { ordinals: population.members }]]);

let byAccount = new Uint8Array(0);
let byOrdinal = new Uint8Array(0);
let coded = encodeOrdinals(population.members, "smallest");
let zipped = new Uint8Array(0);
for (let round = 0; round < rounds; round++) {
  const account = await timed("build by account, ids in memory", () =>
    buildBundle({ ...request, members: ready, accounts: directory, by: "account" }),
  );
  byAccount = new Uint8Array(account.bytes);
  const ordinal = await timed("build by ordinal, bitmap in memory", () =>
    buildOrdinalBundle({
      ...request,
      members: new Map([["one", population.members]]),
      accounts,
      wire: "smallest",
    }),
  );
  byOrdinal = new Uint8Array(ordinal.bytes);
  coded = await timed("encode ordinals", () => encodeOrdinals(population.members, "smallest"));
  const bitmap = await timed("decode ordinals", () =>
    decodeOrdinals(coded.section, { members: memberCount, accounts }),
  );
  zipped = new Uint8Array(
    await timed("zlib of the bitmap (Token Status List)", () => deflateSync(population.members)),
  );
  const inflated = await timed("inflate (Token Status List)", () => inflateSync(zipped));
  await timed("floor: copy of the bitmap", () => population.members.slice());
  await timed("open and prepare by account", () => {
    openBundle(byAccount, trust).prepare();
  });
  if (Buffer.compare(inflated.subarray(0, bitmap.length), bitmap) !== 0)
    throw new Error("the bitmaps differ");
}

if (withLake === "lake") {
  const lake = path.join(work, "lake");
  await writeLake(lake);
  const opened = await openDirectory({ lakeFolder: lake });
  for (let round = 0; round < rounds; round++) {
    const built = await timed("build by account, from Parquet", () =>
      buildBundle({ ...request, members: ready, accounts: () => opened.accountsInBulk(), by: "account" }),
    );
    if (Buffer.compare(built.bytes, byAccount) !== 0)
      throw new Error("the bundle from Parquet is another one");
  }
  opened.close();
}

checkAll(population, byAccount, "account");
checkAll(population, byOrdinal, "ordinal");
writeFileSync(path.join(work, "account.bundle"), byAccount);
writeFileSync(path.join(work, "ordinal.bundle"), byOrdinal);
writeFileSync(path.join(work, "public.pem"), publicKeyPem);
const members: string[] = [];
for (let ordinal = 0; ordinal < accounts; ordinal++) {
  if (isMember(population.members, ordinal)) members.push(`${idOf(population, ordinal)} ${ordinal}`);
}
writeFileSync(path.join(work, "members.txt"), members.join("\n"));
writeQueries(population);

const one = openBundle(byAccount, trust).sets.get("one");
const figures: BuildFigures = {
  entropyBits: entropyBitsPerMember(accounts, memberCount),
  sizes: {
    [`cohort by ordinal (${coded.section.kind})`]: coded.section.bytes.length,
    [`cohort by account (${one?.accountKind ?? ""})`]: one?.accountBytes ?? 0,
    "whole file by ordinal": byOrdinal.length,
    "whole file by account": byAccount.length,
    "Token Status List (zlib; an index in every token)": zipped.length,
    bitmap: population.members.length,
    "sorted array of ordinals": memberCount * 4,
  },
  times,
  peakRssBytes: process.resourceUsage().maxRSS * 1024,
};
process.send?.(figures);

/** The directory in the layout of HOME/lake. */
async function writeLake(folder: string): Promise<void> {
  mkdirSync(path.join(folder, "versions", "1"), { recursive: true });
  const texts = path.join(folder, "ids.txt");
  const file = openSync(texts, "w");
  for (const { bytes, ends } of population.blocks) {
    const lines = Buffer.alloc(bytes.length + ends.length, "\n");
    for (let i = 0; i < ends.length; i++) lines.set(bytes.subarray(i * 36, i * 36 + 36), i * 37);
    writeSync(file, lines);
  }
  closeSync(file);
  const instance = await DuckDBInstance.create(":memory:", { threads: "2" });
  const connection = await instance.connect();
  await connection.run(
    `COPY (SELECT account_id, CAST(row_number() OVER () - 1 AS UINTEGER) AS ordinal
       FROM read_csv('${texts}', header = false, columns = {'account_id': 'VARCHAR'}, quote = '', delim = '|'))
     TO '${path.join(folder, "versions", "1", "accounts.parquet")}' (FORMAT parquet, COMPRESSION zstd)`,
  );
  connection.closeSync();
  instance.closeSync();
  unlinkSync(texts);
  symlinkSync("versions/1", path.join(folder, "current"));
}
