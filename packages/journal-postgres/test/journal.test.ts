import { readdirSync, readFileSync, statSync } from "node:fs";
import path from "node:path";
import { noteSigner, openCheckpoint, parseEntry, parseVerifierKey } from "@cordon/transparency";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { JournalError, verifyHome, type Journal, type RecordedEvent } from "../src/index.ts";
import { fakeClock, open, random, temporaryHome } from "./temporary-home.ts";

const clock = fakeClock();
const home = temporaryHome();
let journal: Journal;

beforeAll(async () => {
  journal = await open(home, clock);
});
afterAll(async () => journal.close());

const note = (text: string): { type: string; data: { text: string } } => ({ type: "noted", data: { text } });

async function codeOf(work: Promise<unknown>): Promise<string> {
  const error: unknown = await work.then(
    () => null,
    (reason: unknown) => reason,
  );
  return error instanceof JournalError ? error.code : String(error);
}

function file(name: string): Buffer {
  return readFileSync(path.join(home, "journal", name));
}

function newestCheckpoint(): { origin: string; size: number } {
  return openCheckpoint(file("checkpoint"), parseVerifierKey(file("key").toString("utf8")));
}

describe("a new journal", () => {
  it("begins with entry 0, which names origin and key", async () => {
    const [first] = await journal.readAll(0, 1);
    const key = file("key").toString("utf8").trimEnd();
    expect(first).toMatchObject({ seq: 0, type: "journal-begun", stream: "journal", version: 0 });
    expect(first?.data).toEqual({ origin: journal.origin, key });
  });

  it("the origin is the key's name, unique for each HOME", () => {
    const key = parseVerifierKey(file("key").toString("utf8"));
    expect(newestCheckpoint().origin).toBe(key.name);
    expect(key.name).toMatch(/^cordon\.invalid\/journal\/[0-9a-f]{32}$/);
  });

  it("the private key lies in HOME/keys, 0600, never under HOME/journal", () => {
    const keyFile = path.join(home, "keys", "journal.private.pem");
    expect(statSync(keyFile).mode & 0o777).toBe(0o600);
    expect(noteSigner(journal.origin, readFileSync(keyFile, "utf8")).key.line).toBe(
      file("key").toString().trimEnd(),
    );
    const names = readdirSync(path.join(home, "journal"), { recursive: true }).map(String);
    expect(names.filter((name) => /private|pem/.test(name))).toEqual([]);
  });
});

describe("append", () => {
  it("resolves once a signed checkpoint covers the events", async () => {
    const appended = await journal.append("incident/a", 0, [note("one"), note("two")]);
    expect(appended.lastSeq - appended.firstSeq).toBe(1);
    expect(newestCheckpoint().size).toBe(appended.treeSize);
    expect(appended.treeSize).toBe(appended.lastSeq + 1);
    expect(file(`checkpoints/${appended.treeSize}`)).toEqual(file("checkpoint"));
    expect(file("checkpoints/index").toString().trimEnd().split("\n").at(-1)).toBe(String(appended.treeSize));
  });

  it("has versions that a caller may expect, and refuses another", async () => {
    expect((await journal.append("incident/v", 0, [note("1")])).version).toBe(1);
    expect(await codeOf(journal.append("incident/v", 0, [note("2")]))).toBe("ERR_JOURNAL_CONFLICT");
    expect(await codeOf(journal.append("incident/v", 2, [note("2")]))).toBe("ERR_JOURNAL_CONFLICT");
    expect((await journal.append("incident/v", 1, [note("2")])).version).toBe(2);
    expect((await journal.append("incident/v", "any", [note("3")])).version).toBe(3);
    expect((await journal.read("incident/v")).map(({ data }) => data?.["text"])).toEqual(["1", "2", "3"]);
    expect((await journal.read("incident/v", 2)).map(({ version }) => version)).toEqual([2]);
    expect(await journal.read("incident/none")).toEqual([]);
  });

  it("lets exactly one of many who expect the same version win", async () => {
    const outcomes = await Promise.allSettled(
      Array.from({ length: 20 }, (_, i) => journal.append("incident/race", 0, [note(`racer ${i}`)])),
    );
    expect(outcomes.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    expect(await journal.read("incident/race")).toHaveLength(1);
  });

  it("`seq`: the index in the log, from 0, no holes; one entry for each event", async () => {
    await Promise.all(
      Array.from({ length: 50 }, (_, i) => journal.append(`incident/${i % 7}`, "any", [note("x")])),
    );
    const all = await journal.readAll(0, 10_000);
    expect(all.map(({ seq }) => seq)).toEqual(all.map((_, i) => i));
    expect(all).toHaveLength(newestCheckpoint().size);
    expect(all).toHaveLength(journal.treeSize);
  });

  it("many appends at once share checkpoints", async () => {
    const before = file("checkpoints/index").toString().split("\n").length;
    await Promise.all(Array.from({ length: 200 }, () => journal.append("incident/many", "any", [note("x")])));
    expect(file("checkpoints/index").toString().split("\n").length - before).toBeLessThan(20);
  });

  it("`at` is never before the entry before it, whatever the clock does", async () => {
    clock.ms += 5000;
    const later = await journal.append("incident/t", "any", [note("later")]);
    clock.ms -= 60_000;
    const earlier = await journal.append("incident/t", "any", [note("earlier")]);
    expect(earlier.events[0]?.atMs).toBe(later.events[0]?.atMs);
    clock.ms += 120_000;
  });

  it.each([
    ["a stream with a space", "in cident", [note("x")]],
    ["a stream of 129 characters", "s".repeat(129), [note("x")]],
    ["a type with umlauts", "s", [{ type: "geändert", data: {} }]],
    ["no events", "s", []],
    ["over 1,000 events", "s", Array.from({ length: 1001 }, () => note("x"))],
    ["a lone surrogate", "s", [note("\ud800")]],
    ["an event over the limit", "s", [note("x".repeat(9 << 20))]],
  ])("refuses %s before anything is written", async (_, stream, events) => {
    const size = journal.treeSize;
    expect(await codeOf(journal.append(stream, "any", events))).toBe("ERR_JOURNAL_EVENT");
    expect(journal.treeSize).toBe(size);
  });

  it("keeps text exactly, whatever it holds", async () => {
    const text = "\u0000 \u0001 \\ \" ' ; drop table journal.event; -- 𝄞 \u2028 é é";
    const { firstSeq } = await journal.append("incident/text", "any", [note(text)]);
    expect((await journal.readAll(firstSeq, 1))[0]?.data).toEqual({ text });
  });

  it("no entry carries personal data: what is in the event is in none of the log's files", async () => {
    await journal.append("incident/p", "any", [note("zoe.meyer@example.com, account u-3141")]);
    for (const name of readdirSync(path.join(home, "journal"), { recursive: true }).map(String)) {
      const full = path.join(home, "journal", name);
      if (statSync(full).isDirectory()) continue;
      expect(readFileSync(full, "latin1"), name).not.toMatch(/zoe\.|u-3141/);
    }
  });

  it("the same event twice has two commitments: salt is new for each event", async () => {
    const { firstSeq } = await journal.append("incident/twice", "any", [note("same"), note("same")]);
    const size = newestCheckpoint().size;
    const bundle = Math.floor(firstSeq / 256);
    const width = Math.floor(size / 256) === bundle ? `.p/${size % 256}` : "";
    const name = `tile/entries/${String(bundle).padStart(3, "0")}${width}`;
    const entries =
      file(name)
        .toString("latin1")
        .match(/\{[^}]+\}/g) ?? [];
    const commitments = entries
      .slice(firstSeq % 256, (firstSeq % 256) + 2)
      .map((entry) => parseEntry(Buffer.from(entry)).commitment);
    expect(commitments).toHaveLength(2);
    expect(commitments[0]).not.toEqual(commitments[1]);
  });
});

describe("subscribe", () => {
  it("tells events in order, once a checkpoint covers them", async () => {
    const seen: { event: RecordedEvent; covered: number }[] = [];
    const end = journal.subscribe((events) => {
      for (const event of events) seen.push({ event, covered: newestCheckpoint().size });
    });
    await Promise.all(Array.from({ length: 10 }, () => journal.append("incident/s", "any", [note("x")])));
    end();
    await journal.append("incident/s", "any", [note("unseen")]);
    expect(seen).toHaveLength(10);
    for (const [i, { event, covered }] of seen.entries()) {
      expect(covered).toBeGreaterThan(event.seq);
      if (i > 0) expect(event.seq).toBe((seen[i - 1]?.event.seq ?? 0) + 1);
    }
  });

  it("a second process on the same home appends to the same log, and the first goes on", async () => {
    const seen: number[] = [];
    const end = journal.subscribe((events) => seen.push(...events.map(({ seq }) => seq)));
    const second = await open(home, clock);
    const theirs = await second.append("incident/two", "any", [note("second")]);
    const ours = await journal.append("incident/two", "any", [note("first")]);
    await second.close();
    end();
    expect(ours.firstSeq).toBe(theirs.firstSeq + 1);
    expect(seen).toEqual([theirs.firstSeq, ours.firstSeq]);
    expect((await journal.read("incident/two")).map(({ version }) => version)).toEqual([0, 1]);
  });
});

describe("erase", () => {
  it("erases salt and event together, is itself an entry naming seq and reason, and the log still verifies", async () => {
    const { firstSeq } = await journal.append("incident/e", "any", [note("to be forgotten")]);
    const erasure = await journal.erase(firstSeq, "request of the person");
    const [event] = await journal.readAll(erasure.firstSeq, 1);
    expect(event).toMatchObject({
      type: "event-erased",
      data: { seq: firstSeq, reason: "request of the person" },
    });
    const [erased] = await journal.readAll(firstSeq, 1);
    expect(erased).toMatchObject({ data: null, erasedBy: erasure.firstSeq });
    const { rows } = await journal.pool.query<{ salt: unknown; event: unknown }>(
      "select salt, event from journal.event where seq = $1",
      [firstSeq],
    );
    expect(rows).toEqual([{ salt: null, event: null }]);
    const verification = await verifyHome({
      home,
      databaseUrl: null,
      randomBytes: random,
      pinnedKey: null,
      checkpoints: [],
    });
    expect(verification).toMatchObject({ verified: true, failure: null, events: { erased: 1 } });
  });

  it("takes no entry twice, none that is absent, and none that the proof rests on", async () => {
    const { firstSeq } = await journal.append("incident/e", "any", [note("x")]);
    const erasure = await journal.erase(firstSeq, "reason");
    const size = journal.treeSize;
    expect(await codeOf(journal.erase(firstSeq, "again"))).toBe("ERR_JOURNAL_NOT_ERASABLE");
    expect(await codeOf(journal.erase(erasure.firstSeq, "hide it"))).toBe("ERR_JOURNAL_NOT_ERASABLE");
    expect(await codeOf(journal.erase(0, "hide it"))).toBe("ERR_JOURNAL_NOT_ERASABLE");
    expect(await codeOf(journal.erase(size, "none"))).toBe("ERR_JOURNAL_ABSENT");
    expect(await codeOf(journal.erase(1, " "))).toBe("ERR_JOURNAL_EVENT");
    expect(journal.treeSize).toBe(size);
  });
});

describe("leases", () => {
  it("have one owner until they run out or are released", async () => {
    const { leases } = journal;
    expect(await leases.acquire("sender", "a", 1000)).toBe(true);
    expect(await leases.acquire("sender", "b", 1000)).toBe(false);
    expect(await leases.acquire("sender", "a", 1000)).toBe(true);
    expect(await leases.renew("sender", "b", 1000)).toBe(false);
    clock.ms += 999;
    expect(await leases.renew("sender", "a", 1000)).toBe(true);
    clock.ms += 1000;
    expect(await leases.renew("sender", "a", 1000)).toBe(false);
    expect(await leases.acquire("sender", "b", 1000)).toBe(true);
    await leases.release("sender", "a");
    expect(await leases.acquire("sender", "a", 1000)).toBe(false);
    await leases.release("sender", "b");
    expect(await leases.acquire("sender", "a", 1000)).toBe(true);
  });
});

describe("other packages' tables", () => {
  it("are made by their own numbered migrations, once, and queried through Kysely", async () => {
    const folder = path.join(import.meta.dirname, "migrations");
    await Promise.all([
      journal.migrate({ schema: "sample", folder }),
      journal.migrate({ schema: "sample", folder }),
    ]);
    await journal.migrate({ schema: "sample", folder });
    interface Tables {
      "sample.thing": { id: number; name: string };
    }
    const db = journal.kysely<Tables>();
    await db.insertInto("sample.thing").values({ id: 1, name: "one" }).execute();
    expect(await db.selectFrom("sample.thing").selectAll().execute()).toEqual([{ id: 1, name: "one" }]);
  });
});
