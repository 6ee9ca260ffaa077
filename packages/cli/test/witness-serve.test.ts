import { generateKeyPairSync, randomBytes } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { openJournal, type Journal, type Witness } from "@cordon/journal-postgres";
import { startTestPostgres, type TestPostgres } from "@cordon/testkit";
import { cosigner, openWitnessed, type Cosigner } from "@cordon/transparency";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { readWitnesses } from "../src/witness/parse-witnesses.ts";
import { serveWitness, type RunningWitness } from "../src/witness/witness-server.ts";
import { WitnessStateFile } from "../src/witness/witness-state.ts";

let postgres: TestPostgres;
let folder: string;
let journal: Journal;
let signer: Cosigner;
let running: RunningWitness | null = null;

beforeAll(async () => {
  postgres = await startTestPostgres();
  folder = mkdtempSync(path.join(tmpdir(), "cordon-witness-"));
  const home = path.join(folder, "home");
  journal = await openJournal({ home, databaseUrl: postgres.url, clock: () => Date.now(), randomBytes });
});
afterAll(async () => {
  await journal.close();
  await postgres.stop();
  rmSync(folder, { recursive: true, force: true });
});
beforeEach(() => {
  const { privateKey } = generateKeyPairSync("ed25519", {
    privateKeyEncoding: { type: "pkcs8", format: "pem" },
    publicKeyEncoding: { type: "spki", format: "pem" },
  });
  signer = cosigner(`witness.example/${randomBytes(4).toString("hex")}`, privateKey);
});
afterEach(async () => {
  await running?.close();
  running = null;
});

const stateFolder = (): string => path.join(folder, signer.key.keyId);

async function start(clock: () => number = Date.now): Promise<Witness> {
  const stateFile = new WitnessStateFile(stateFolder());
  running = await serveWitness({ port: 0, cosigner: signer, logs: [journal.key], stateFile, clock });
  return { url: running.url, key: signer.key };
}

const ask = (witness: Witness) =>
  journal.cosignatures.ask(witness, { fetch, signal: new AbortController().signal });

async function append(events = 1): Promise<void> {
  await journal.append(
    "s",
    "any",
    Array.from({ length: events }, () => ({ type: "t", data: {} })),
  );
}

async function witnessed(): Promise<number> {
  const note = await journal.cosignatures.newest();
  const policy = { witnesses: [signer.key], threshold: 1 };
  const nowSeconds = Math.floor(Date.now() / 1000);
  return openWitnessed(note ?? new Uint8Array(), { logKey: journal.key, policy, nowSeconds }).size;
}

describe("a witness over HTTP", () => {
  it("cosigns each checkpoint as the continuation of the one before, also after it was started again", async () => {
    let witness = await start();
    await append();
    expect(await ask(witness)).toBe(true);
    expect(await witnessed()).toBe(journal.treeSize);
    expect(await ask(witness)).toBe(false);
    for (const events of [1, 300, 2]) {
      await append(events);
      await running?.close();
      witness = await start();
      expect(await ask(witness)).toBe(true);
      expect(await witnessed()).toBe(journal.treeSize);
    }
  });

  it("a server that has forgotten what was cosigned is told by the witness and goes on from there", async () => {
    const witness = await start();
    await append(5);
    await ask(witness);
    await journal.pool.query("delete from journal.cosignature");
    await append(3);
    expect(await ask(witness)).toBe(true);
    expect(await witnessed()).toBe(journal.treeSize);
  });

  it("cosigns no other history: a state with another root of the same log is never signed over", async () => {
    const witness = await start();
    await append();
    await ask(witness);
    const file = path.join(stateFolder(), "state.json");
    const { size } = Object.values(
      JSON.parse(readFileSync(file, "utf8")) as { [origin: string]: { size: number } },
    )[0] ?? { size: 0 };
    await running?.close();
    const root = Buffer.alloc(32, 7).toString("base64");
    writeFileSync(file, JSON.stringify({ [journal.origin]: { size, root } }));
    const forked = await start();
    await append();
    await expect(ask(forked)).rejects.toMatchObject({ code: "ERR_JOURNAL_WITNESS" });
  });

  it("a witness that is gone, or whose answer is another's, is an error and never holds up an append", async () => {
    const witness = await start();
    await running?.close();
    await expect(ask(witness)).rejects.toMatchObject({ code: "ERR_JOURNAL_WITNESS" });
    await append();
    const impostor = cosigner(
      signer.key.name,
      generateKeyPairSync("ed25519").privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
    );
    const answering = await start();
    await expect(ask({ ...answering, key: impostor.key })).rejects.toThrow(/no cosignature/);
  });

  it("a state that was tampered with is refused rather than guessed at", async () => {
    await start();
    await running?.close();
    writeFileSync(path.join(folder, "x"), "");
    const stateFile = new WitnessStateFile(folder);
    writeFileSync(path.join(folder, "state.json"), '{"log":{"size":"1"}}');
    await expect(stateFile.read([journal.key])).rejects.toThrow(/malformed/);
  });
});

describe("the file of witnesses", () => {
  it("names file and line of what is wrong", async () => {
    const file = path.join(folder, "witnesses");
    writeFileSync(file, `# ours\n\nwitness one ${signer.key.line} https://witness.example/\n`);
    expect(await readWitnesses(file)).toMatchObject([{ url: "https://witness.example/" }]);
    for (const [line, reason] of [
      ["witness one two", /:1: no witness/],
      [`witness one ${signer.key.line} ftp://x`, /:1: `ftp:\/\/x`/],
      ["witness one x+y+z https://x", /:1: /],
      [`witness a ${signer.key.line} http://x\nwitness b ${signer.key.line} http://y`, /twice/],
    ] as const) {
      writeFileSync(file, line);
      await expect(readWitnesses(file)).rejects.toThrow(reason);
    }
  });
});
