import { randomBytes } from "node:crypto";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { execFileSync } from "node:child_process";
import { tmpdir } from "node:os";
import path from "node:path";
import { withVault } from "@cordon/control-plane";
import { verifyHome } from "@cordon/journal-postgres";
import { startTestPostgres, type TestPostgres } from "@cordon/testkit";
import { generateX25519Identity, identityToRecipient } from "age-encryption";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { archiveHeader } from "../src/backup/archive.ts";
import { ending } from "./command-line.ts";

let folder = "";
let identity = "";
let recipient = "";
const at = (...names: string[]): string => path.join(folder, ...names);
const home = (): string => at("home");
const place = (of: string) => ({
  home: of,
  databaseUrl: null,
  clock: Date.now,
  randomBytes: (count: number) => randomBytes(count),
});

function filesOf(root: string): Map<string, string> {
  return new Map(
    readdirSync(root, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => path.join(entry.parentPath, entry.name))
      .map((file) => [path.relative(root, file), readFileSync(file, "base64")] as const)
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  );
}

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), "cordon-backup-"));
  identity = await generateX25519Identity();
  recipient = await identityToRecipient(identity);
  writeFileSync(at("identity.txt"), `# a key\n${identity}\n`, { mode: 0o600 });
  await withVault(place(home()), async ({ journal }) => {
    for (let n = 0; n < 20; n++) {
      await journal.append("incident/inc-1", "any", [
        {
          type: "note-added",
          data: { by: "ada", noteId: `n${n}`, text: `Zoë \\ needle ${n}`, occurredAt: null },
        },
        { type: "severity-set", data: { by: "ada", severity: "high", because: "x".repeat(n * 50) } },
      ]);
    }
    await journal.erase(5, "on request");
    await journal.migrate({
      schema: "notices",
      folder: path.join(import.meta.dirname, "../../notices/migrations"),
    });
  });
  mkdirSync(at("home", "lake", "versions", "1"), { recursive: true });
  writeFileSync(at("home", "lake", "versions", "1", "accounts.parquet"), randomBytes(300_000));
  symlinkSync("versions/1", at("home", "lake", "current"));
  mkdirSync(at("home", "evidence", "e".repeat(90), "f".repeat(60)), { recursive: true });
  writeFileSync(at("home", "evidence", "e".repeat(90), "f".repeat(60), "log.jsonl"), "");
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe("cordon backup and restore", () => {
  it("what was backed up is restored elsewhere: the same log byte for byte, the same events, files and keys, and it verifies", async () => {
    const out = at("one.age");
    const keys = at("keys.age");
    const backup = await ending(
      "backup",
      "--out",
      out,
      "--keys",
      keys,
      "--recipient",
      recipient,
      "--home",
      home(),
      "--json",
    );
    expect(backup).toMatchObject({ code: 0 });
    expect(readFileSync(out, "latin1")).not.toContain("needle");
    expect(statSync(out).mode & 0o777).toBe(0o600);
    // It runs on afterwards: what comes later is not in the backup.
    await withVault(place(home()), ({ journal }) =>
      journal.append("incident/inc-2", 0, [
        { type: "incident-opened", data: { by: "a", incidentId: "inc-2", title: "t" } },
      ]),
    );
    const restored = at("restored");
    const restore = await ending(
      ...["restore", out, "--keys", keys, "--identity", at("identity.txt"), "--home", restored, "--json"],
    );
    expect(restore).toMatchObject({ code: 0 });
    expect(JSON.parse(restore.stdout)).toMatchObject({ verified: true, failure: null });
    const [before, after] = [filesOf(at("home", "journal")), filesOf(path.join(restored, "journal"))];
    const kept = [...after.keys()].filter(
      (name) => name.startsWith("checkpoints/") && !name.endsWith("index"),
    );
    expect(kept.length).toBeGreaterThan(20);
    for (const name of kept) expect(after.get(name)).toBe(before.get(name));
    expect(filesOf(path.join(restored, "keys"))).toEqual(filesOf(at("home", "keys")));
    expect(filesOf(path.join(restored, "lake"))).toEqual(filesOf(at("home", "lake")));
    expect(existsSync(path.join(restored, "lake", "current", "accounts.parquet"))).toBe(true);
    const events = await withVault(place(restored), ({ journal }) => journal.read("incident/inc-1"));
    expect(events).toHaveLength(40);
    expect(events.find(({ data }) => data?.["noteId"] === "n7")?.data?.["text"]).toBe("Zoë \\ needle 7");
    expect(events.filter(({ data }) => data === null)).toHaveLength(1);
    // The restored home is a home like any other.
    await withVault(place(restored), ({ journal }) => journal.append("s", 0, [{ type: "t", data: {} }]));
    const pinned = { ...place(restored), pinnedKey: null, checkpoints: [] };
    expect(await verifyHome(pinned)).toMatchObject({ verified: true });
  });

  it("a backup of the embedded PostgreSQL goes into one of one's own, and any tar lists it", async () => {
    const out = at("plain.tar");
    expect((await ending("backup", "--out", out, "--home", home())).code).toBe(0);
    expect(execFileSync("tar", ["-tf", out]).toString()).toMatch(/^cordon-backup\.json\n(.*\n)*database\//);
    const postgres: TestPostgres = await startTestPostgres();
    vi.stubEnv("DATABASE_URL", postgres.url);
    try {
      const other = at("other");
      cpSync(at("home", "keys"), path.join(other, "keys"), { recursive: true });
      expect(await ending("restore", out, "--home", other)).toMatchObject({ code: 0 });
      expect(existsSync(path.join(other, "postgres"))).toBe(false);
      // A second time the database is not empty, and nothing of it is touched.
      const third = at("third");
      cpSync(at("home", "keys"), path.join(third, "keys"), { recursive: true });
      const again = await ending("restore", out, "--home", third);
      expect(again.code).not.toBe(0);
      expect(again.line).toMatch(/the database holds .*journal/);
      const client = new pg.Client(postgres.url);
      await client.connect();
      const { rows } = await client.query<{ n: string }>("select count(*) as n from journal.event");
      await client.end();
      expect(Number(rows[0]?.n)).toBeGreaterThan(40);
    } finally {
      vi.unstubAllEnvs();
      await postgres.stop();
    }
  });

  it("keys leave the home only encrypted, and without them or their identity nothing is restored", async () => {
    const cases: readonly (readonly [readonly string[], RegExp])[] = [
      [["backup", "--out", at("x.tar"), "--keys", at("y"), "--home", home()], /--recipient/],
      [["backup", "--out", at("x.tar"), "--recipient", "age1nobody", "--home", home()], /no age recipient/],
      [["backup", "--out", at("x.tar"), "--home", at("nowhere")], /no/],
      [["restore", at("one.age"), "--home", at("new1"), "--keys", at("keys.age")], /--identity/],
      [["restore", at("plain.tar"), "--home", at("new2")], /no `keys`/],
      [["restore", at("plain.tar"), "--home", home()], /holds `/],
    ];
    for (const [commandLine, reason] of cases) {
      const { code, line } = await ending(...commandLine);
      expect(code, commandLine.join(" ")).toBe(2);
      expect(line).toMatch(reason);
    }
    expect(existsSync(at("x.tar"))).toBe(false);
    expect(existsSync(at("y"))).toBe(false);
  });

  it("a backup that is cut, changed or leads out of the home is refused", async () => {
    const whole = readFileSync(at("plain.tar"));
    const evil = archiveHeader({ name: "home/../../escaped", bytes: 0, link: null, mode: 0o600 });
    const link = archiveHeader({ name: "home/lake/out", bytes: 0, link: "/etc", mode: 0o777 });
    const end = Buffer.alloc(1024);
    const manifest = whole.subarray(0, 1024);
    const encrypted = Buffer.from(readFileSync(at("one.age")));
    encrypted[encrypted.length - 40] = (encrypted[encrypted.length - 40] ?? 0) ^ 1;
    const bad: readonly (readonly [string, Buffer])[] = [
      ["cut", whole.subarray(0, Math.floor(whole.length / 2))],
      ["empty", Buffer.alloc(0)],
      ["none", Buffer.from("no backup".repeat(200))],
      ["out", Buffer.concat([manifest, evil, end])],
      ["link", Buffer.concat([manifest, link, end])],
      ["changed", encrypted],
    ];
    for (const [name, bytes] of bad) {
      writeFileSync(at(name), bytes);
      cpSync(at("home", "keys"), at(`${name}-home`, "keys"), { recursive: true });
      const { code } = await ending(
        "restore",
        at(name),
        "--identity",
        at("identity.txt"),
        "--home",
        at(`${name}-home`),
      );
      expect(code, name).toBe(2);
    }
    expect(existsSync(at("escaped"))).toBe(false);
    expect(existsSync(path.join(path.dirname(folder), "escaped"))).toBe(false);
  });
});
