import { createHash, generateKeyPairSync, randomBytes } from "node:crypto";
import { copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import path from "node:path";
import { openJournal } from "@cordon/journal-postgres";
import { cosigner } from "@cordon/transparency";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ending } from "./command-line.ts";

interface Shown {
  readonly entry: { seq: number; at: string; type: string; stream: string; commitment: string };
  readonly salt: string | null;
  readonly event: Record<string, unknown> | null;
  readonly erasedBy?: number;
}

let folder = "";
const home = (): string => path.join(folder, "home");
const log = (name: string): string => path.join(home(), "journal", name);
const serverRuns = (): boolean => existsSync(path.join(home(), "postgres/postmaster.pid"));

function open(): ReturnType<typeof openJournal> {
  return openJournal({
    home: home(),
    databaseUrl: null,
    clock: Date.now,
    randomBytes: (count) => randomBytes(count),
  });
}

async function shown(...seqs: readonly (number | string)[]): Promise<readonly Shown[]> {
  const { code, stdout } = await ending("journal", "show", ...seqs.map(String), "--home", home(), "--json");
  expect(code).toBe(0);
  return stdout
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as Shown);
}

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), "cordon-cli-"));
  const journal = await open();
  await journal.append("incident/1", 0, [
    { type: "answer-given", data: { b: 1, a: "Zoë \u0000", big: 1e21 } },
    { type: "claim-made", data: { people: ["u-3141"] } },
  ]);
  await journal.close();
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe("cordon journal", () => {
  it("verify: one JSON document, exit 0; PostgreSQL is started for it and stopped again", async () => {
    const { code, stdout } = await ending("journal", "verify", "--home", home(), "--json");
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toEqual({
      verified: true,
      entries: 3,
      checkpoints: 2,
      keyPinned: false,
      events: { checked: 3, erased: 0 },
      failure: null,
    });
    expect(serverRuns()).toBe(false);
    expect((await ending("journal", "verify", "--home", home())).stdout).toMatch(/^verified: 3 entries/);
  });

  it("verify: exit 1 for anything that fails, named by path and entry", async () => {
    const bytes = readFileSync(log("tile/0/000.p/3"));
    const changed = Buffer.from(bytes);
    changed[40] = (changed[40] ?? 0) ^ 1;
    writeFileSync(log("tile/0/000.p/3"), changed);
    const { code, stdout } = await ending("journal", "verify", "--home", home(), "--json");
    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({
      verified: false,
      failure: { path: "tile/0/000.p/3", seq: 1 },
    });
    expect((await ending("journal", "verify", "--home", home())).line).toMatch(
      /^not verified: tile\/0\/000\.p\/3: entry 1: /,
    );
    writeFileSync(log("tile/0/000.p/3"), bytes);
  });

  it("verify: exit 2 without a journal or database, or when the pinned key is unreadable", async () => {
    const nowhere = await ending("journal", "verify", "--home", path.join(folder, "nowhere"), "--json");
    expect(nowhere).toMatchObject({ code: 2, stdout: "" });
    expect(nowhere.line).toMatch(/holds no journal, expected/);
    expect(existsSync(path.join(folder, "nowhere"))).toBe(false);
    writeFileSync(path.join(folder, "bad-key"), "nonsense\n");
    for (const key of ["bad-key", "absent"]) {
      expect(
        await ending("journal", "verify", "--home", home(), "--key", path.join(folder, key)),
      ).toMatchObject({ code: 2, stdout: "" });
    }
  });

  it("verify --key pins the key; --checkpoint is a checkpoint kept elsewhere, several times", async () => {
    const kept = path.join(folder, "kept");
    copyFileSync(log("checkpoints/1"), kept);
    const both = ["--checkpoint", kept, "--checkpoint", log("checkpoint")];
    const pinned = await ending(
      "journal",
      "verify",
      "--home",
      home(),
      "--key",
      log("key"),
      ...both,
      "--json",
    );
    expect(JSON.parse(pinned.stdout)).toMatchObject({ verified: true, keyPinned: true });
    const missing = await ending(
      "journal",
      "verify",
      "--home",
      home(),
      "--checkpoint",
      path.join(folder, "no"),
      "--json",
    );
    expect(missing.code).toBe(1);
    expect(JSON.parse(missing.stdout)).toMatchObject({ failure: { path: path.join(folder, "no") } });
  });

  it('verify --url checks the log alone ("events":null) and needs --key', async () => {
    const server = createServer((request, response) => {
      const file = log((request.url ?? "").slice("/journal/".length));
      if (existsSync(file)) response.end(readFileSync(file));
      else response.writeHead(404).end();
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const address = server.address();
    const url = `http://127.0.0.1:${typeof address === "object" && address !== null ? address.port : 0}/journal`;
    const answer = await ending("journal", "verify", "--url", url, "--key", log("key"), "--json");
    server.close();
    expect(answer.code).toBe(0);
    expect(JSON.parse(answer.stdout)).toMatchObject({
      verified: true,
      entries: 3,
      keyPinned: true,
      events: null,
    });
    expect((await ending("journal", "verify", "--url", url)).code).toBe(2);
    expect((await ending("journal", "verify", "--url", url, "--key", log("key"))).code).toBe(2);
    expect((await ending("journal", "verify", "--url", "ftp://x", "--key", log("key"))).code).toBe(2);
  });

  it("proof: a tlog-proof against the newest checkpoint, copied verbatim, with the entry's bytes as `extra`", async () => {
    const file = path.join(folder, "entry.tlog-proof");
    expect((await ending("journal", "proof", "1", "--home", home(), "--out", file)).code).toBe(0);
    const text = readFileSync(file, "utf8");
    expect(text).toMatch(/^c2sp\.org\/tlog-proof@v1\nextra [A-Za-z0-9+/=]+\nindex 1\n/);
    expect(text.slice(text.indexOf("\n\n") + 2)).toBe(readFileSync(log("checkpoint"), "utf8"));
    const [one] = await shown(1);
    expect(JSON.parse(Buffer.from(/extra (\S+)/.exec(text)?.[1] ?? "", "base64").toString())).toEqual(
      one?.entry,
    );
    expect((await ending("journal", "proof", "1", "--home", home())).stdout).toBe(text);

    const checked = await ending("journal", "verify", "--proof", file, "--key", log("key"), "--json");
    expect(checked.code).toBe(0);
    expect(JSON.parse(checked.stdout)).toMatchObject({
      verified: true,
      seq: 1,
      entry: one?.entry,
      failure: null,
    });
    writeFileSync(file, text.replace("index 1", "index 2"));
    const changed = await ending("journal", "verify", "--proof", file, "--key", log("key"), "--json");
    expect(changed.code).toBe(1);
    expect(JSON.parse(changed.stdout)).toMatchObject({ verified: false, failure: { path: file } });
    expect((await ending("journal", "verify", "--proof", file)).code).toBe(2);
    expect(
      (await ending("journal", "verify", "--proof", file, "--key", path.join(folder, "absent"))).code,
    ).toBe(2);
    expect(
      (await ending("journal", "verify", "--proof", path.join(folder, "absent"), "--key", log("key"))).code,
    ).toBe(1);
  });

  it("verify --witness: each checkpoint given must be cosigned by so many witnesses, else exit 1", async () => {
    const pem = (): string =>
      generateKeyPairSync("ed25519").privateKey.export({ type: "pkcs8", format: "pem" }).toString();
    const [one, two] = [cosigner("witness.invalid/1", pem()), cosigner("witness.invalid/2", pem())];
    const newest = readFileSync(log("checkpoint"), "utf8");
    const text = newest.slice(0, newest.indexOf("\n\n") + 1);
    const at = (name: string): string => path.join(folder, name);
    writeFileSync(at("one.vkey"), `${one.key.line}\n`);
    writeFileSync(at("two.vkey"), `${two.key.line}\n`);
    writeFileSync(at("cosigned"), newest + one.cosign(text, 1_400_000_000));
    const run = (...more: readonly string[]): ReturnType<typeof ending> =>
      ending("journal", "verify", "--home", home(), "--json", ...more);
    const pinned = ["--key", log("key"), "--checkpoint", at("cosigned")];
    const both = ["--witness", at("one.vkey"), "--witness", at("two.vkey")];
    expect((await run(...pinned, "--witness", at("one.vkey"))).code).toBe(0);
    expect((await run(...pinned, ...both, "--witnesses", "1")).code).toBe(0);
    const missing = await run(...pinned, ...both);
    expect(missing.code).toBe(1);
    expect(JSON.parse(missing.stdout)).toMatchObject({
      verified: false,
      failure: { path: at("cosigned"), seq: null },
    });
    writeFileSync(at("later"), newest + one.cosign(text, 40_000_000_000));
    const later = ["--key", log("key"), "--checkpoint", at("later"), "--witness", at("one.vkey")];
    expect((await run(...later)).code).toBe(1);
    for (const wrong of [
      ["--witness", at("one.vkey")],
      ["--key", log("key"), "--witness", at("one.vkey")],
      [...pinned, "--witnesses", "1"],
      [...pinned, ...both, "--witnesses", "3"],
      [...pinned, ...both, "--witnesses", "0"],
      [...pinned, "--witness", log("key")],
      [...pinned, "--witness", at("absent.vkey")],
      [...pinned, "--witness", at("one.vkey"), "--witness", at("one.vkey")],
    ]) {
      const { code, line } = await run(...wrong);
      expect(code, wrong.join(" ")).toBe(2);
      expect(line).toMatch(/^.*expected.*$/);
    }
    expect((await ending("journal", "proof", "1", "--home", home(), "--out", at("proof"))).code).toBe(0);
    const proof = readFileSync(at("proof"), "utf8");
    writeFileSync(at("proof"), proof + one.cosign(text, 1_400_000_000));
    const ofProof = ["journal", "verify", "--proof", at("proof"), "--key", log("key")];
    expect((await ending(...ofProof, "--witness", at("one.vkey"))).code).toBe(0);
    expect((await ending(...ofProof, "--witness", at("two.vkey"))).code).toBe(1);
  });

  it("show prints {entry, salt, event} a line; the event is the very text that is hashed behind the salt", async () => {
    const all = await shown("--all");
    expect(all.map(({ entry }) => entry.seq)).toEqual([0, 1, 2]);
    const { stdout } = await ending("journal", "show", "2", "1", "--home", home(), "--json");
    const lines = stdout.trimEnd().split("\n");
    expect(lines).toHaveLength(2);
    for (const line of lines) {
      const { entry, salt } = JSON.parse(line) as Shown;
      const text = line.slice(line.indexOf(',"event":') + ',"event":'.length, -1);
      const bytes = Buffer.from(salt ?? "", "base64");
      expect(bytes).toHaveLength(32);
      expect(createHash("sha256").update(bytes).update(text).digest("base64")).toBe(entry.commitment);
    }
    expect((await ending("journal", "show", "1", "--home", home())).stdout).toMatch(
      /^1 {2}\S+Z {2}incident\/1 {2}answer-given {2}\{/,
    );
  });

  it.each([
    ["show", "3"],
    ["proof", "3"],
    ["erase", "3", "--reason", "x"],
    ["show", "1", "3"],
    ["show", "-1"],
    ["show", "1.5"],
    ["show"],
    ["show", "1", "--all"],
    ["proof", "x"],
    ["erase", "1"],
    ["erase", "1", "--reason", " "],
    ["erase", "0", "--reason", "x"],
  ])("a SEQ that the log does not hold, or is none, is wrong input: %s %s", async (...given) => {
    const before = readFileSync(log("checkpoint"), "utf8");
    const { code, stdout, line } = await ending("journal", ...given, "--home", home());
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(line).toMatch(/\S/);
    expect(readFileSync(log("checkpoint"), "utf8")).toBe(before);
    expect(serverRuns()).toBe(false);
  });

  it("erase is itself an entry, `show` says by which, and the journal still verifies; also beside a running server", async () => {
    const erased = await ending(
      "journal",
      "erase",
      "2",
      "--reason",
      "on request",
      "--home",
      home(),
      "--json",
    );
    expect(erased.code).toBe(0);
    expect(JSON.parse(erased.stdout)).toEqual({ seq: 2, erasedBy: 3, entries: 4 });
    expect(serverRuns()).toBe(false);
    const [gone, record] = await shown(2, 3);
    expect(gone).toMatchObject({
      salt: null,
      event: null,
      erasedBy: 3,
      entry: { seq: 2, type: "claim-made" },
    });
    expect(record).toMatchObject({
      entry: { type: "event-erased" },
      event: { seq: 2, reason: "on request" },
    });
    expect((await ending("journal", "erase", "2", "--reason", "again", "--home", home())).code).toBe(2);

    const running = await open();
    expect((await ending("journal", "erase", "1", "--reason", "on request", "--home", home())).code).toBe(0);
    expect(serverRuns()).toBe(true);
    expect((await running.append("incident/1", 2, [{ type: "noted", data: {} }])).firstSeq).toBe(5);
    const verified = await ending("journal", "verify", "--home", home(), "--json");
    expect(JSON.parse(verified.stdout)).toMatchObject({
      verified: true,
      entries: 6,
      events: { checked: 4, erased: 2 },
    });
    await running.close();
    expect(serverRuns()).toBe(false);
  });
});
