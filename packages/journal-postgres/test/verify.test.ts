import { createHash, generateKeyPairSync } from "node:crypto";
import {
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { createServer, type Server } from "node:http";
import path from "node:path";
import {
  encodeBundle,
  encodeEntry,
  encodeTile,
  GrowingTree,
  hashLeaf,
  noteSigner,
  openCheckpoint,
  parseVerifierKey,
  signCheckpoint,
  type VerifierKey,
} from "@cordon/transparency";
import type pg from "pg";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { JournalError, verifyHome, verifyUrl, type Failure, type Verification } from "../src/index.ts";
import { Database } from "../src/database/database.ts";
import { fakeClock, open, random, temporaryHome } from "./temporary-home.ts";

// 262 entries: a full bundle and tile, incomplete ones of several kept checkpoints, a tile of level 1; 4 is erased by 5.
const home = temporaryHome();
const log = path.join(home, "journal");
const untouched = path.join(path.dirname(home), "untouched");
let database: Database;
let pool: pg.Pool;

beforeAll(async () => {
  const journal = await open(home, fakeClock());
  const event = (n: number): { type: string; data: { n: number } } => ({ type: "noted", data: { n } });
  for (let n = 1; n <= 4; n++) await journal.append("incident/1", "any", [event(n)]);
  await journal.erase(4, "on request");
  await journal.append(
    "incident/2",
    "any",
    Array.from({ length: 249 }, (_, n) => event(n)),
  );
  for (let n = 0; n < 7; n++) await journal.append("incident/3", "any", [event(n)]);
  await journal.close();
  cpSync(log, untouched, { recursive: true });
  database = await Database.open({ home, databaseUrl: null, randomBytes: random });
  pool = database.pool;
  await pool.query("create schema untouched");
  await pool.query("create table untouched.event as table journal.event");
  await pool.query("create table untouched.head as table journal.head");
});
afterAll(async () => database.close("when-alone"));

beforeEach(async () => {
  rmSync(log, { recursive: true });
  cpSync(untouched, log, { recursive: true });
  await pool.query(
    `alter table journal.event drop constraint if exists event_stream_version_key;
     truncate journal.event; insert into journal.event select * from untouched.event;
     truncate journal.head; insert into journal.head select * from untouched.head`,
  );
});

function verify(options: { pinnedKey?: VerifierKey; checkpoints?: string[] } = {}): Promise<Verification> {
  const checkpoints = (options.checkpoints ?? []).map((name) => ({
    name,
    bytes: existsSync(name) ? readFileSync(name) : null,
  }));
  return verifyHome({
    home,
    databaseUrl: null,
    randomBytes: random,
    pinnedKey: options.pinnedKey ?? null,
    checkpoints,
  });
}

async function failureOf(): Promise<Failure> {
  const { verified, failure } = await verify();
  expect(verified).toBe(false);
  if (failure === null) throw new Error("not verified, and no failure named");
  expect(failure.reason).not.toBe("");
  return failure;
}

const at = (name: string): string => path.join(log, name);
const files = (): string[] =>
  readdirSync(log, { recursive: true })
    .map(String)
    .filter((name) => statSync(at(name)).isFile())
    .sort();

function signer(): ReturnType<typeof noteSigner> {
  const { name } = parseVerifierKey(readFileSync(at("key"), "utf8"));
  return noteSigner(name, readFileSync(path.join(home, "keys", "journal.private.pem"), "utf8"));
}

describe("journal verify", () => {
  it('prints {"verified","entries","checkpoints","keyPinned","events":{"checked","erased"},"failure"}', async () => {
    expect(await verify()).toEqual({
      verified: true,
      entries: 262,
      checkpoints: 14,
      keyPinned: false,
      events: { checked: 261, erased: 1 },
      failure: null,
    });
  });

  it("the log has the layout of tlog-tiles, with the incomplete tiles of every kept checkpoint's size until the full one is there", () => {
    const widths = [257, 258, 259, 260, 261, 262].filter((size) => existsSync(at(`checkpoints/${size}`)));
    expect(widths.length).toBeGreaterThan(3);
    expect(files()).toEqual(
      [
        "checkpoint",
        "key",
        "checkpoints/index",
        ...readFileSync(at("checkpoints/index"), "utf8")
          .trimEnd()
          .split("\n")
          .map((size) => `checkpoints/${size}`),
        "tile/0/000",
        "tile/entries/000",
        "tile/1/000.p/1",
        ...widths.flatMap((size) => [`tile/0/001.p/${size - 256}`, `tile/entries/001.p/${size - 256}`]),
      ].sort(),
    );
  });

  const ofEachKind = [
    "key",
    "checkpoint",
    "checkpoints/index",
    "checkpoints/3",
    "checkpoints/262",
    "tile/entries/000",
    "tile/entries/001.p/2",
    "tile/entries/001.p/6",
    "tile/0/000",
    "tile/0/001.p/2",
    "tile/0/001.p/6",
    "tile/1/000.p/1",
  ];

  it("finds and names every file in which a byte is changed, wherever it stands", async () => {
    for (const [i, name] of files().entries()) {
      const bytes = readFileSync(at(name));
      const places = [0, Math.floor(bytes.length / 2), bytes.length - 1];
      for (const place of ofEachKind.includes(name) ? places : [places[i % 3] ?? 0]) {
        const changed = Buffer.from(bytes);
        changed[place] = (changed[place] ?? 0) ^ 1;
        writeFileSync(at(name), changed);
        expect((await failureOf()).path, `byte ${place} of ${name}`).toBe(name);
      }
      writeFileSync(at(name), bytes);
    }
    expect((await verify()).verified).toBe(true);
  });

  it.each(ofEachKind)("finds and names `%s` when it is missing, cut, extended or empty", async (name) => {
    const bytes = readFileSync(at(name));
    for (const change of [
      null,
      bytes.subarray(0, -1),
      Buffer.concat([bytes, Buffer.from("\n")]),
      Buffer.alloc(0),
    ]) {
      if (change === null) rmSync(at(name));
      else writeFileSync(at(name), change);
      expect((await failureOf()).path, `${change?.length ?? "no"} bytes of ${name}`).toBe(name);
      writeFileSync(at(name), bytes);
    }
  });

  it("names the entry whose bytes were changed in a bundle", async () => {
    const name = "tile/entries/000";
    const text = readFileSync(at(name), "latin1");
    writeFileSync(at(name), text.replace('"seq":77,', '"seq":78,'), "latin1");
    expect(await failureOf()).toMatchObject({ path: name, seq: 77 });
  });

  it("names the bundle when it was changed together with its tile", async () => {
    const seq = 77;
    const bundle = readFileSync(at("tile/entries/000"), "latin1").replace('"seq":77,', '"seq":78,');
    writeFileSync(at("tile/entries/000"), bundle, "latin1");
    const entry = /\{[^{}]*"seq":78,[^{}]*\}/.exec(bundle)?.[0] ?? "";
    const tile = readFileSync(at("tile/0/000"));
    createHash("sha256")
      .update(Buffer.of(0))
      .update(entry)
      .digest()
      .copy(tile, seq * 32);
    writeFileSync(at("tile/0/000"), tile);
    expect((await failureOf()).path).toBe("tile/entries/000");
  });

  it("checks in order: the failure of an earlier step is the one that is named", async () => {
    const change = (name: string): void => {
      const bytes = readFileSync(at(name));
      bytes[40] = (bytes[40] ?? 0) ^ 1;
      writeFileSync(at(name), bytes);
    };
    await pool.query("update journal.event set event = '{}' where seq = 3");
    expect(await failureOf()).toMatchObject({ path: null, seq: 3 });
    for (const name of [
      "checkpoints/3",
      "tile/1/000.p/1",
      "tile/0/000",
      "tile/entries/000",
      "checkpoint",
      "key",
    ]) {
      if (name === "tile/1/000.p/1") writeFileSync(at(name), Buffer.alloc(32));
      else change(name);
      expect((await failureOf()).path).toBe(name);
    }
  });

  it.each([
    ["event", "event = '{\"n\":99}'", 3],
    ["event, by a byte", "event = replace(event, '2', '3')", 2],
    ["salt", "salt = set_byte(salt, 0, get_byte(salt, 0) # 1)", 3],
    ["salt, cut", "salt = substring(salt for 31)", 3],
    ["commitment", "commitment = set_byte(commitment, 31, get_byte(commitment, 31) # 1)", 3],
    [
      "commitment, salt and event together",
      "salt = decode(repeat('00', 32), 'hex'), event = '{}', commitment = sha256(decode(repeat('00', 32), 'hex') || '{}')",
      3,
    ],
    ["at_ms", "at_ms = at_ms + 1", 3],
    ["type", "type = 'other'", 3],
    ["stream", "stream = 'incident/9'", 3],
    ["version", "version = version + 1", 3],
    ["erased_by of an erased event", "erased_by = 6", 4],
    ["seq", "seq = 1000", 3],
    ["salt and event, erased without an entry", "salt = null, event = null, erased_by = 5", 3],
    ["the event of an erasure", "salt = null, event = null, erased_by = 6", 5],
    [
      "an erased event, filled again",
      "salt = decode(repeat('00', 32), 'hex'), event = '{}', erased_by = null",
      4,
    ],
  ])("finds a changed %s in the journal's table and names the entry", async (_, assignment, seq) => {
    await pool.query(`update journal.event set ${assignment} where seq = ${seq}`);
    expect(await failureOf()).toMatchObject({ path: null, seq });
  });

  it.each([
    ["a row deleted", "delete from journal.event where seq = 100", 100],
    ["the last row deleted", "delete from journal.event where seq = 261", 261],
    ["the first row deleted", "delete from journal.event where seq = 0", 0],
    ["all rows deleted", "delete from journal.event", 0],
    [
      "a row added",
      "insert into journal.event select 262, at_ms, type, stream, version + 1, commitment, salt, event from journal.event where seq = 261",
      262,
    ],
    [
      "two rows swapped",
      "update journal.event set seq = case seq when 100 then 1101 else 1100 end where seq in (100, 101); update journal.event set seq = seq - 1000 where seq >= 1100",
      100,
    ],
    ["the table dropped", "drop table journal.event", 0],
  ])("finds %s and names the entry", async (_, change, seq) => {
    await pool.query(change);
    const failure = await failureOf();
    if (change.startsWith("drop")) await pool.query("create table journal.event as table untouched.event");
    expect(failure).toMatchObject({ path: null, seq });
  });

  it.each([
    "size = size + 1",
    "published = published - 1",
    "vkey = vkey || 'x'",
    "checkpoint = null",
    "at_ms = 0",
  ])("a changed head (%s) is found, or does no harm", async (assignment) => {
    await pool.query(`update journal.head set ${assignment}`);
    if (/published|at_ms/.test(assignment)) expect((await verify()).verified).toBe(true);
    else expect((await failureOf()).path).toBeNull();
  });

  it("a kept checkpoint larger than the newest is a rollback", async () => {
    copyFileSync(at("checkpoints/261"), at("checkpoint"));
    const failure = await failureOf();
    expect(failure).toMatchObject({ path: "checkpoints/262", seq: null });
    expect(failure.reason).toMatch(/rollback/);
  });

  it("a rollback is found also when the kept checkpoint and its line are gone", async () => {
    copyFileSync(at("checkpoints/261"), at("checkpoint"));
    rmSync(at("checkpoints/262"));
    writeFileSync(
      at("checkpoints/index"),
      readFileSync(at("checkpoints/index"), "utf8").replace("262\n", ""),
    );
    expect(await failureOf()).toMatchObject({ path: null, seq: 261 });
  });

  it("a whole rollback of files and database is found by a checkpoint kept elsewhere", async () => {
    const elsewhere = path.join(path.dirname(home), "elsewhere");
    copyFileSync(at("checkpoint"), elsewhere);
    expect((await verify({ checkpoints: [elsewhere] })).verified).toBe(true);
    copyFileSync(at("checkpoints/261"), at("checkpoint"));
    rmSync(at("checkpoints/262"));
    writeFileSync(
      at("checkpoints/index"),
      readFileSync(at("checkpoints/index"), "utf8").replace("262\n", ""),
    );
    await pool.query("delete from journal.event where seq = 261");
    await pool.query("update journal.home set published = 261");
    await pool.query("update journal.head set size = 261, published = 261, checkpoint = $1", [
      readFileSync(at("checkpoint")),
    ]);
    expect((await verify()).verified).toBe(true);
    const { failure } = await verify({ checkpoints: [elsewhere] });
    expect(failure?.path).toBe(elsewhere);
    expect(failure?.reason).toMatch(/rollback/);
  });

  it("a checkpoint of the same key over another tree is inconsistent", async () => {
    const elsewhere = path.join(path.dirname(home), "forked");
    writeFileSync(elsewhere, signCheckpoint({ size: 100, root: Buffer.alloc(32, 1) }, signer()));
    expect((await verify({ checkpoints: [elsewhere] })).failure?.path).toBe(elsewhere);
    writeFileSync(elsewhere, "nonsense");
    expect((await verify({ checkpoints: [elsewhere] })).failure?.path).toBe(elsewhere);
    expect((await verify({ checkpoints: [`${elsewhere}-absent`] })).failure?.path).toBe(
      `${elsewhere}-absent`,
    );
    writeFileSync(at("checkpoints/3"), signCheckpoint({ size: 3, root: Buffer.alloc(32, 1) }, signer()));
    expect((await failureOf()).path).toBe("checkpoints/3");
    writeFileSync(at("checkpoints/3"), readFileSync(at("checkpoints/4")));
    expect((await failureOf()).path).toBe("checkpoints/3");
  });

  it("a checkpoint of the key over another root is found at the root", async () => {
    writeFileSync(at("checkpoint"), signCheckpoint({ size: 262, root: Buffer.alloc(32, 1) }, signer()));
    expect((await failureOf()).path).toBe("checkpoint");
  });

  it("a file renamed among the kept checkpoints, or added to them, is named", async () => {
    renameSync(at("checkpoints/4"), at("checkpoints/300"));
    expect((await failureOf()).path).toBe("checkpoints/300");
    renameSync(at("checkpoints/300"), at("checkpoints/4"));
    writeFileSync(
      at("checkpoints/index"),
      readFileSync(at("checkpoints/index"), "utf8").replace("\n4\n", "\n"),
    );
    expect((await failureOf()).path).toBe("checkpoints/index");
  });

  it("a log rewritten with another key fails when the key is pinned, and by the database also when it is not", async () => {
    const pinnedKey = parseVerifierKey(readFileSync(at("key"), "utf8"));
    expect(await verify({ pinnedKey })).toMatchObject({ verified: true, keyPinned: true });
    const pem = generateKeyPairSync("ed25519").privateKey.export({ format: "pem", type: "pkcs8" }).toString();
    const forger = noteSigner(pinnedKey.name, pem);
    writeFileSync(at("key"), `${forger.key.line}\n`);
    for (const name of files().filter((file) => /^checkpoint(s\/\d+)?$/.test(file))) {
      const { size, root } = openCheckpoint(readFileSync(at(name)), pinnedKey);
      writeFileSync(at(name), signCheckpoint({ size, root }, forger));
    }
    expect((await failureOf()).path).toBeNull();
    const { failure, keyPinned } = await verify({ pinnedKey });
    expect(failure?.path).toBe("key");
    expect(keyPinned).toBe(true);
  });

  it.each([
    ["out of place", { seq: 1 }, /entry 1/],
    ["of a malformed type", { type: "not a type" }, /type/],
  ])("an entry %s fails, though its own key signs the tree", async (_, change, reason) => {
    const entry = { seq: 0, atMs: 0, type: "t", stream: "s", commitment: Buffer.alloc(32), ...change };
    const tree = new GrowingTree();
    tree.append(hashLeaf(encodeEntry(entry)));
    const checkpoint = signCheckpoint({ size: 1, root: tree.root() }, signer());
    for (const folder of ["checkpoints", "tile"]) rmSync(at(folder), { recursive: true });
    for (const folder of ["checkpoints", "tile/entries/000.p", "tile/0/000.p"])
      mkdirSync(at(folder), { recursive: true });
    for (const name of ["checkpoint", "checkpoints/1"]) writeFileSync(at(name), checkpoint);
    writeFileSync(at("checkpoints/index"), "1\n");
    writeFileSync(at("tile/entries/000.p/1"), encodeBundle([encodeEntry(entry)]));
    writeFileSync(at("tile/0/000.p/1"), encodeTile(tree.edge(0)));
    const failure = await failureOf();
    expect(failure).toMatchObject({ path: "tile/entries/000.p/1", seq: 0 });
    expect(failure.reason).toMatch(reason);
  });

  it("exit 2 only without a journal or database", async () => {
    const empty = temporaryHome();
    const options = { databaseUrl: null, randomBytes: random, pinnedKey: null, checkpoints: [] };
    const codeOf = async (given: string): Promise<string> => {
      const error: unknown = await verifyHome({ ...options, home: given }).catch((reason: unknown) => reason);
      return error instanceof JournalError ? error.code : "none";
    };
    expect(await codeOf(empty)).toBe("ERR_JOURNAL_ABSENT");
    cpSync(log, path.join(empty, "journal"), { recursive: true });
    expect(await codeOf(empty)).toBe("ERR_JOURNAL_ABSENT");
    expect(existsSync(path.join(empty, "postgres"))).toBe(false);
  });
});

describe("journal verify --url", () => {
  let server: Server;
  let url: string;

  beforeAll(async () => {
    server = createServer((request, response) => {
      const file = at(decodeURIComponent((request.url ?? "").replace(/^\/journal\//, "")));
      if (existsSync(file) && statSync(file).isFile()) response.end(readFileSync(file));
      else response.writeHead(404).end();
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const address = server.address();
    url = `http://127.0.0.1:${typeof address === "object" && address !== null ? address.port : 0}/journal`;
  });
  afterAll(() => void server.close());

  const check = (given = url): Promise<Verification> => {
    const pinnedKey = parseVerifierKey(readFileSync(path.join(untouched, "key"), "utf8"));
    return verifyUrl({ url: given, pinnedKey, checkpoints: [], fetchFile: fetch });
  };

  it('checks the log alone ("events":null)', async () => {
    await pool.query("update journal.event set event = '{}' where seq = 3");
    expect(await check()).toEqual({
      verified: true,
      entries: 262,
      checkpoints: 14,
      keyPinned: true,
      events: null,
      failure: null,
    });
    expect((await check(`${url}/`)).verified).toBe(true);
  });

  it("finds and names changed and missing files", async () => {
    for (const name of files()) {
      const bytes = readFileSync(at(name));
      const changed = Buffer.from(bytes);
      changed[0] = (changed[0] ?? 0) ^ 1;
      writeFileSync(at(name), changed);
      const { failure } = await check();
      // Without a listing, a changed line of the index is seen as the file that it names now.
      if (name === "checkpoints/index") expect(failure?.path).toMatch(/^checkpoints\//);
      else expect(failure?.path, name).toBe(name);
      rmSync(at(name));
      expect((await check()).failure?.path, name).toBe(name);
      writeFileSync(at(name), bytes);
    }
  });

  it("is no answer when there is no journal at the URL, or nobody", async () => {
    const codeOf = async (given: string): Promise<unknown> =>
      check(given).catch((error: unknown) => (error instanceof JournalError ? error.code : error));
    expect(await codeOf(`${url}/nothing/here`)).toBe("ERR_JOURNAL_ABSENT");
    expect(await codeOf("http://127.0.0.1:1/journal")).toBe("ERR_JOURNAL_ABSENT");
  });
});
