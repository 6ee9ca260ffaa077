import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { cpSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as wait } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { JournalError, verifyHome, type Journal, type Verification } from "../src/index.ts";
import { LogFolder } from "../src/log/log-folder.ts";
import { copyHome, fakeClock, open, random, temporaryHome } from "./temporary-home.ts";

interface Acknowledged {
  readonly name: string;
  readonly lane: number;
  readonly n: number;
  readonly firstSeq: number;
  readonly lastSeq: number;
}

const verify = (home: string): Promise<Verification> =>
  verifyHome({ home, databaseUrl: null, randomBytes: random, pinnedKey: null, checkpoints: [] });

async function appendingProcess(
  home: string,
  name: string,
  acknowledged: Acknowledged[],
): Promise<ChildProcess> {
  const program = path.join(import.meta.dirname, "appending-process.ts");
  const child = spawn(process.execPath, [program, home, name], { stdio: ["ignore", "pipe", "inherit"] });
  const lines = createInterface({ input: child.stdout });
  const ready = once(lines, "line");
  await ready;
  lines.on("line", (line) => {
    // A line that the kill has cut was not acknowledged to anybody.
    if (line.endsWith("}")) acknowledged.push(JSON.parse(line) as Acknowledged);
  });
  return child;
}

async function allEvents(journal: Journal): Promise<Map<number, unknown>> {
  const events = new Map<number, unknown>();
  for (let from = 0; ;) {
    const page = await journal.readAll(from, 10_000);
    for (const { seq, data } of page) events.set(seq, data);
    if (page.length === 0) return events;
    from += page.length;
  }
}

describe("kill -9 of the writer", () => {
  it("at any moment: the journal verifies, goes on, and loses no acknowledged event", async () => {
    const home = temporaryHome();
    const acknowledged: Acknowledged[] = [];
    for (let round = 0; round < 6; round++) {
      const child = await appendingProcess(home, `round ${round}`, acknowledged);
      const before = acknowledged.length;
      while (acknowledged.length < before + 2) await wait(5);
      await wait(Number(random(1)[0]) / 2);
      child.kill("SIGKILL");
      await once(child, "close");
      // Straight after the kill, before any writer has looked at it; and sometimes the next writer comes first.
      if (round % 2 === 0) expect(await verify(home)).toMatchObject({ verified: true, failure: null });
    }
    const journal = await open(home, fakeClock());
    const events = await allEvents(journal);
    for (const { name, lane, n, firstSeq, lastSeq } of acknowledged) {
      for (let seq = firstSeq; seq <= lastSeq; seq++) {
        expect(events.get(seq)).toEqual({ name, lane, n, i: seq - firstSeq });
      }
    }
    await journal.close();
    const verification = await verify(home);
    expect(verification).toMatchObject({ verified: true, entries: events.size });
    expect(existsSync(path.join(home, "journal", ".staging"))).toBe(false);
  });

  it("between the database and any file of the log: what is missing is completed under the checkpoint that was signed", async () => {
    // 255 entries, then 3 more: a bundle, a tile and one of level 1 become full in between.
    const home = temporaryHome();
    const journal = await open(home, fakeClock());
    const event = { type: "noted", data: {} };
    await journal.append(
      "s",
      "any",
      Array.from({ length: 254 }, () => event),
    );
    const before = temporaryHome();
    cpSync(journal.folder, path.join(before, "journal"), { recursive: true });
    await journal.append("s", "any", [event, event, event]);
    await journal.pool.query("update journal.head set published = 255");
    await journal.pool.query("update journal.home set published = 255");
    await journal.close();
    const after = path.join(home, "journal");
    const finished = readTree(after);
    // Every prefix of the order in which files are written, with one file half written at the end.
    const steps = [
      "tile/entries/000",
      "tile/0/000",
      "tile/1/000.p/1",
      "tile/entries/001.p/2",
      "tile/0/001.p/2",
      "checkpoints/258",
      "checkpoints/index",
      "checkpoint",
    ];
    for (let done = 0; done <= steps.length; done++) {
      const crashed = copyHome(home);
      const folder = path.join(crashed, "journal");
      rmSync(folder, { recursive: true });
      cpSync(path.join(before, "journal"), folder, { recursive: true });
      const log = new LogFolder(folder);
      for (const name of steps.slice(0, done)) {
        await log.write([{ path: name, bytes: readFileSync(path.join(after, name)) }]);
      }
      if (done === 4) writeFileSync(path.join(folder, "checkpoints/index"), "1\n255\n25");
      await log.write([{ path: ".staging/99", bytes: Buffer.from("half") }]);
      if (done % 2 === 0) {
        expect(await verify(crashed), `after ${done} steps`).toMatchObject({ verified: true, entries: 258 });
      } else {
        const next = await open(crashed, fakeClock());
        expect(next.treeSize).toBe(258);
        await next.close();
        expect((await verify(crashed)).verified).toBe(true);
      }
      rmSync(path.join(folder, ".staging"), { recursive: true, force: true });
      expect(readTree(folder), `after ${done} steps`).toEqual(finished);
      rmSync(path.dirname(crashed), { recursive: true });
    }
  });

  it("an event that somebody adds to the database is not taken for one that a crash has left", async () => {
    const home = temporaryHome();
    const journal = await open(home, fakeClock());
    const { lastSeq } = await journal.append("s", "any", [{ type: "noted", data: {} }]);
    await journal.pool.query(
      `insert into journal.event select seq + 1, at_ms, type, stream, version + 1, commitment, salt, event
       from journal.event where seq = $1`,
      [lastSeq],
    );
    await journal.pool.query("update journal.head set size = size + 1");
    await journal.close();
    expect((await verify(home)).failure).toMatchObject({ path: null, seq: lastSeq + 1 });
    await expect(open(home, fakeClock())).rejects.toThrow(JournalError);
    expect((await verify(home)).failure).toMatchObject({ path: null, seq: lastSeq + 1 });
  });

  it("an event that somebody changes after a crash, before its entry is there, is not signed", async () => {
    const home = temporaryHome();
    const journal = await open(home, fakeClock());
    const before = temporaryHome();
    cpSync(journal.folder, path.join(before, "journal"), { recursive: true });
    const { lastSeq } = await journal.append("s", "any", [{ type: "noted", data: {} }]);
    await journal.pool.query(
      `update journal.event set event = '{"a":1}', commitment = sha256(salt || '{"a":1}') where seq = $1`,
      [lastSeq],
    );
    await journal.pool.query("update journal.head set published = 1");
    await journal.close();
    rmSync(path.join(home, "journal"), { recursive: true });
    cpSync(path.join(before, "journal"), path.join(home, "journal"), { recursive: true });
    expect((await verify(home)).failure).toMatchObject({ path: null, seq: lastSeq });
    await expect(open(home, fakeClock())).rejects.toMatchObject({ code: "ERR_JOURNAL_TAMPERED" });
    expect(readFileSync(path.join(home, "journal/checkpoints/index"), "utf8")).toBe("1\n");
  });
});

describe("PostgreSQL killed", () => {
  it("while nobody appends: the next append goes on", async () => {
    const home = temporaryHome();
    const journal = await open(home, fakeClock());
    await journal.append("s", 0, [{ type: "noted", data: { n: 0 } }]);
    process.kill(serverOf(home), "SIGKILL");
    await wait(50);
    const outcome: unknown = await journal
      .append("s", 1, [{ type: "noted", data: { n: 1 } }])
      .catch((error: unknown) => error);
    // The loss may be noticed in the middle of it: then it says so clearly, and the next one goes on.
    if (outcome instanceof JournalError) {
      expect(outcome.code).toBe("ERR_JOURNAL_DATABASE");
      await journal.append("s", 1, [{ type: "noted", data: { n: 1 } }]);
    }
    expect((await journal.read("s")).map(({ data }) => data?.["n"])).toEqual([0, 1]);
    await journal.close();
    expect((await verify(home)).verified).toBe(true);
  });

  it("while many append: each is recorded or says clearly that it was not, and the rest goes on", async () => {
    const home = temporaryHome();
    const journal = await open(home, fakeClock());
    const recorded: number[] = [];
    const failed: number[] = [];
    let stop = false;
    const lanes = Array.from({ length: 8 }, async (_, lane) => {
      for (let n = 0; !stop; n++) {
        const id = lane * 1_000_000 + n;
        try {
          await journal.append(`s/${lane}`, "any", [{ type: "noted", data: { id } }]);
          recorded.push(id);
        } catch (error) {
          if (!(error instanceof JournalError) || error.code !== "ERR_JOURNAL_DATABASE") throw error;
          expect(error.message).toMatch(/^nothing was recorded|read the stream/);
          if (error.message.startsWith("nothing was recorded")) failed.push(id);
        }
      }
    });
    for (let kill = 0; kill < 3; kill++) {
      const before = recorded.length;
      while (recorded.length < before + 40) await wait(10);
      process.kill(serverOf(home), "SIGKILL");
    }
    const before = recorded.length;
    while (recorded.length < before + 40) await wait(10);
    stop = true;
    await Promise.all(lanes);
    const ids = [...(await allEvents(journal)).values()].map((data) => (data as { id?: number }).id);
    expect(new Set(ids).size).toBe(ids.length);
    for (const id of recorded) expect(ids).toContain(id);
    for (const id of failed) expect(ids).not.toContain(id);
    await journal.close();
    expect((await verify(home)).verified).toBe(true);
  });
});

describe("a folder that can't be written", () => {
  it("fails the append clearly, and the next one completes the log", async () => {
    const home = temporaryHome();
    const journal = await open(home, fakeClock());
    const inTheWay = path.join(journal.folder, ".staging");
    rmSync(inTheWay, { recursive: true });
    writeFileSync(inTheWay, "");
    const event = { type: "noted", data: {} };
    const failure: unknown = await journal.append("s", 0, [event]).catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: "ERR_JOURNAL_FILES" });
    // It is recorded, under a checkpoint that the database has; the files follow.
    expect(await journal.read("s")).toHaveLength(1);
    rmSync(inTheWay);
    expect((await journal.append("s", 1, [event])).treeSize).toBe(3);
    expect(await journal.read("s")).toHaveLength(2);
    await journal.close();
    expect((await verify(home)).verified).toBe(true);
  });
});

function serverOf(home: string): number {
  return Number(readFileSync(path.join(home, "postgres", "postmaster.pid"), "utf8").split("\n")[0]);
}

function readTree(folder: string): Record<string, string> {
  const files: Record<string, string> = {};
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const file = path.join(entry.parentPath, entry.name);
    files[path.relative(folder, file)] = readFileSync(file).toString("base64");
  }
  return files;
}
