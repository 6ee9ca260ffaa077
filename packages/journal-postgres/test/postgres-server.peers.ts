import { existsSync } from "node:fs";
import path from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { JournalError, openJournal, verifyHome, type Journal, type Verification } from "../src/index.ts";
import { SystemPostgres, systemBinaries } from "./system-postgres.ts";
import { fakeClock, random, temporaryHome } from "./temporary-home.ts";

// Before any test, so that a missing server is a failure of this file and not a skipped test.
const binaries = systemBinaries();
let postgres: SystemPostgres;
const closing: (() => Promise<void>)[] = [];

beforeAll(async () => {
  postgres = await SystemPostgres.start(binaries);
  closing.push(() => postgres.remove());
});
afterAll(async () => {
  for (const close of closing) await close();
});

const open = (home: string, databaseUrl: string): Promise<Journal> =>
  openJournal({ home, databaseUrl, clock: fakeClock(), randomBytes: random });

const verify = (home: string, databaseUrl: string): Promise<Verification> =>
  verifyHome({ home, databaseUrl, randomBytes: random, pinnedKey: null, checkpoints: [] });

const note = (text: string): { type: string; data: { text: string } } => ({ type: "noted", data: { text } });

/** The journal's code for why it fails; null when it does not. Any other error is thrown on. */
async function codeOf(work: Promise<unknown>): Promise<string | null> {
  try {
    await work;
    return null;
  } catch (error) {
    if (error instanceof JournalError) return error.code;
    throw error;
  }
}

/** Texts by seq, of the whole log. */
async function texts(journal: Journal): Promise<Map<number, unknown>> {
  return new Map((await journal.readAll(0, 10_000)).map(({ seq, data }) => [seq, data?.["text"]]));
}

let databases = 0;

/** A home with a database of its own, owned by a role that may do nothing else. */
async function freshHome(): Promise<{ home: string; url: string }> {
  return { home: temporaryHome(), url: await postgres.createDatabase(`journal_${++databases}`) };
}

describe("the journal on a PostgreSQL of one's own (DATABASE_URL)", () => {
  it("needs no more than a database that it owns, and starts no PostgreSQL itself", async () => {
    const { home, url } = await freshHome();
    const journal = await open(home, url);
    const { rows } = await journal.pool.query<Record<string, unknown>>(
      "select rolsuper, current_setting('is_superuser') as super, inet_server_port() as port from pg_roles where rolname = current_user",
    );
    expect(rows).toEqual([{ rolsuper: false, super: "off", port: Number(new URL(url).port) }]);
    const appended = await journal.append("incident/1", 0, [note("one"), note("two")]);
    expect(appended).toMatchObject({ firstSeq: 1, lastSeq: 2, version: 2, treeSize: 3 });
    await journal.erase(1, "on request");
    await journal.close();
    expect(existsSync(path.join(home, "postgres"))).toBe(false);
    expect(existsSync(path.join(home, "postgres.url"))).toBe(false);
    expect(await verify(home, url)).toMatchObject({
      verified: true,
      entries: 4,
      events: { checked: 3, erased: 1 },
      failure: null,
    });
  });

  it("finds an event that was changed in the database", async () => {
    const { home, url } = await freshHome();
    const journal = await open(home, url);
    await journal.append("incident/1", 0, [note("one"), note("two")]);
    await journal.pool.query("update journal.event set event = replace(event, 'two', 'six') where seq = 2");
    await journal.close();
    expect(await verify(home, url)).toMatchObject({ verified: false, failure: { seq: 2 } });
  });

  it("takes many appends at once and loses none", async () => {
    const { home, url } = await freshHome();
    const journal = await open(home, url);
    const appended = await Promise.all(
      Array.from({ length: 300 }, (_, i) => journal.append(`lane/${i % 7}`, "any", [note(`${i}`)])),
    );
    expect(new Set(appended.map(({ firstSeq }) => firstSeq)).size).toBe(300);
    const recorded = await texts(journal);
    expect([...recorded.keys()]).toEqual(Array.from({ length: 301 }, (_, seq) => seq));
    expect(appended.map(({ firstSeq }) => recorded.get(firstSeq))).toEqual(appended.map((_, i) => `${i}`));
    await journal.close();
    expect(await verify(home, url)).toMatchObject({ verified: true, entries: 301 });
  });

  it("refuses an append that expects another version, and lets exactly one of many win", async () => {
    const { home, url } = await freshHome();
    const journal = await open(home, url);
    await journal.append("incident/1", 0, [note("one")]);
    expect(await codeOf(journal.append("incident/1", 0, [note("again")]))).toBe("ERR_JOURNAL_CONFLICT");
    expect(await codeOf(journal.append("incident/1", 2, [note("early")]))).toBe("ERR_JOURNAL_CONFLICT");
    const race = await Promise.all(
      Array.from({ length: 20 }, (_, i) => codeOf(journal.append("incident/1", 1, [note(`racer ${i}`)]))),
    );
    expect(race.filter((code) => code === null)).toHaveLength(1);
    expect(race.filter((code) => code === "ERR_JOURNAL_CONFLICT")).toHaveLength(19);
    expect(await journal.read("incident/1")).toHaveLength(2);
    await journal.close();
  });
});

describe("two servers on one database", () => {
  it("write one log together: each sees what the other wrote, and one of two who expect the same version wins", async () => {
    const { home, url } = await freshHome();
    const servers = await Promise.all([open(home, url), open(home, url)]);
    const [first, second] = servers;
    const seen: number[] = [];
    first.subscribe((events) => seen.push(...events.map(({ seq }) => seq)));
    const appended = await Promise.all(
      Array.from({ length: 60 }, (_, i) =>
        servers.map((server, nth) => server.append(`server/${nth}`, "any", [note(`${nth}: ${i}`)])),
      ).flat(),
    );
    expect(new Set(appended.map(({ firstSeq }) => firstSeq)).size).toBe(120);
    for (let version = 0; version < 10; version++) {
      const race = await Promise.all(
        servers.map((server) => codeOf(server.append("incident/1", version, [note(`${version}`)]))),
      );
      expect(race.toSorted()).toEqual(["ERR_JOURNAL_CONFLICT", null]);
    }
    expect(await texts(first)).toEqual(await texts(second));
    await first.append("incident/2", 0, [note("last")]);
    expect(seen).toEqual(Array.from({ length: 131 }, (_, i) => i + 1));
    await Promise.all(servers.map((server) => server.close()));
    expect(await verify(home, url)).toMatchObject({ verified: true, entries: 132 });
  });

  it("of two homes: the second is refused, and the first one's log stays whole", async () => {
    const { home, url } = await freshHome();
    const journal = await open(home, url);
    expect(await codeOf(open(temporaryHome(), url))).toBe("ERR_JOURNAL_TAMPERED");
    expect((await journal.append("incident/1", 0, [note("one")])).treeSize).toBe(2);
    await journal.close();
    expect(await verify(home, url)).toMatchObject({ verified: true, entries: 2 });
  });
});

describe("when PostgreSQL is restarted", () => {
  it("appends fail with ERR_JOURNAL_DATABASE while it is away and work again when it is back", async () => {
    const { home, url } = await freshHome();
    const journal = await open(home, url);
    await journal.append("incident/1", 0, [note("before")]);
    await postgres.stop("fast");
    expect(await codeOf(journal.append("incident/1", 1, [note("meanwhile")]))).toBe("ERR_JOURNAL_DATABASE");
    expect(await codeOf(open(temporaryHome(), url))).toBe("ERR_JOURNAL_DATABASE");
    await postgres.start();
    expect((await journal.append("incident/1", 1, [note("after")])).version).toBe(2);
    expect((await journal.read("incident/1")).map(({ data }) => data?.["text"])).toEqual(["before", "after"]);
    await journal.close();
    expect(await verify(home, url)).toMatchObject({ verified: true, entries: 3 });
  });

  it("or crashes in the middle of appends: what was acknowledged is there, and the journal verifies", async () => {
    const { home, url } = await freshHome();
    const journal = await open(home, url);
    const acknowledged = new Map<number, string>();
    const failures = new Set<string | null>();
    let under = true;
    const lanes = Array.from({ length: 4 }, async (_, lane) => {
      for (let n = 0; under; n++) {
        const text = `${lane}: ${n}`;
        const work = journal.append(`lane/${lane}`, "any", [note(text)]);
        const code = await codeOf(work.then(({ firstSeq }) => acknowledged.set(firstSeq, text)));
        if (code === null) continue;
        failures.add(code);
        await wait(20);
      }
    });
    for (let round = 1; round <= 3; round++) {
      const before = acknowledged.size;
      await expect.poll(() => acknowledged.size, { timeout: 20_000 }).toBeGreaterThan(before + 20);
      await postgres.stop("immediate");
      await postgres.start();
    }
    const before = acknowledged.size;
    await expect.poll(() => acknowledged.size, { timeout: 20_000 }).toBeGreaterThan(before + 20);
    under = false;
    await Promise.all(lanes);
    expect([...failures]).toEqual(["ERR_JOURNAL_DATABASE"]);
    const recorded = new Map<number, unknown>();
    for (let from = 0; recorded.size < journal.treeSize; from += 10_000) {
      for (const { seq, data } of await journal.readAll(from, 10_000)) recorded.set(seq, data?.["text"]);
    }
    for (const [seq, text] of acknowledged) expect(recorded.get(seq)).toBe(text);
    await journal.close();
    expect(await verify(home, url)).toMatchObject({ verified: true, entries: recorded.size, failure: null });
  });
});
