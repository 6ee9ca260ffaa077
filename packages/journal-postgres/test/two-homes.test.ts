import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync } from "node:fs";
import path from "node:path";
import { startTestPostgres, type TestPostgres } from "@cordon/testkit";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openJournal, verifyHome, type Journal } from "../src/index.ts";
import { fakeClock, random, temporaryHome } from "./temporary-home.ts";

let postgres: TestPostgres;
beforeAll(async () => {
  postgres = await startTestPostgres();
});
afterAll(() => postgres.stop());

const open = (home: string): Promise<Journal> =>
  openJournal({ home, databaseUrl: postgres.url, clock: fakeClock(), randomBytes: random });

/** A home that was given the keys of another and nothing else. */
function joiningHome(home: string): string {
  const other = temporaryHome();
  mkdirSync(other, { recursive: true });
  cpSync(path.join(home, "keys"), path.join(other, "keys"), { recursive: true });
  return other;
}

function filesOf(home: string): Map<string, string> {
  const folder = path.join(home, "journal");
  return new Map(
    readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => path.join(entry.parentPath, entry.name))
      .map((file) => [path.relative(folder, file), readFileSync(file, "base64")] as const)
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  );
}

const verify = (home: string) =>
  verifyHome({ home, databaseUrl: postgres.url, randomBytes: random, pinnedKey: null, checkpoints: [] });

async function untilTrue(ask: () => boolean): Promise<void> {
  while (!ask()) await new Promise((resolve) => setTimeout(resolve, 10));
}

describe("several servers on one PostgreSQL", () => {
  it("each home shows the same log, byte for byte, with every checkpoint that any of them signed", async () => {
    const first = temporaryHome();
    const a = await open(first);
    for (let n = 0; n < 40; n++)
      await a.append(
        "s",
        "any",
        Array(n % 9)
          .fill({ type: "t", data: { n } })
          .concat({ type: "t", data: {} }),
      );
    const second = joiningHome(first);
    const b = await open(second);
    expect(filesOf(second)).toEqual(filesOf(first));
    const told: number[] = [];
    a.subscribe((events) => told.push(...events.map(({ seq }) => seq)));
    a.follow({ everyMs: 20, onFailure: (error) => expect(error).toBeNull() });
    b.follow({ everyMs: 20, onFailure: (error) => expect(error).toBeNull() });
    const from = a.treeSize;
    for (let n = 0; n < 100; n++) {
      await Promise.all([
        a.append("s", "any", [
          { type: "t", data: { n } },
          { type: "t", data: { n } },
        ]),
        b.append("s", "any", [{ type: "t", data: { n } }]),
      ]);
    }
    const size = from + 300;
    await untilTrue(() => a.treeSize === size && b.treeSize === size);
    await untilTrue(() => told.length === 300);
    expect(told).toEqual(Array.from({ length: 300 }, (_, i) => from + i));
    expect(filesOf(second)).toEqual(filesOf(first));
    await a.close();
    await b.close();
    for (const home of [first, second]) {
      expect(await verify(home)).toMatchObject({ verified: true, entries: size });
    }
  });

  it("a home whose files were set back is refused, also when the database knows more", async () => {
    const client = new pg.Client(postgres.url);
    await client.connect();
    await client.query("drop schema journal cascade");
    await client.end();
    const first = temporaryHome();
    const a = await open(first);
    await a.append("s", 0, [{ type: "t", data: {} }]);
    await a.close();
    const kept = `${first}-kept`;
    cpSync(path.join(first, "journal"), kept, { recursive: true });
    const again = await open(first);
    await again.append("s", 1, [{ type: "t", data: {} }]);
    await again.close();
    rmSync(path.join(first, "journal"), { recursive: true });
    cpSync(kept, path.join(first, "journal"), { recursive: true });
    expect((await verify(first)).verified).toBe(false);
    await expect(open(first)).rejects.toMatchObject({ code: "ERR_JOURNAL_TAMPERED" });
    // Nor does it help to forget which home it is.
    rmSync(path.join(first, "server.id"));
    expect((await verify(first)).verified).toBe(false);
    await expect(open(first)).rejects.toMatchObject({ code: "ERR_JOURNAL_TAMPERED" });
  });

  it("a home with another key is refused, and so is a database that a later version has changed", async () => {
    const stranger = temporaryHome();
    await expect(open(stranger)).rejects.toMatchObject({ code: "ERR_JOURNAL_TAMPERED" });
    const client = new pg.Client(postgres.url);
    await client.connect();
    try {
      const change = "insert into journal.migration (name, additive) values ($1, $2)";
      await client.query(change, ["9998-later.sql", true]);
      await expect(open(stranger)).rejects.toMatchObject({ code: "ERR_JOURNAL_TAMPERED" });
      await client.query(change, ["9999-much-later.sql", false]);
      await expect(open(stranger)).rejects.toMatchObject({ code: "ERR_JOURNAL_NEWER" });
    } finally {
      await client.end();
    }
  });
});
