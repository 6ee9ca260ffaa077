import { generateKeyPairSync } from "node:crypto";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { judgeLog, SeededRandom } from "@cordon/testkit";
import {
  encodeEntry,
  noteSigner,
  parseVerifierKey,
  signCheckpoint,
  type NoteSigner,
} from "@cordon/transparency";
import { afterAll, describe, expect, it } from "vitest";
import { verifyUrl, type Verification } from "../src/index.ts";
import { LogFolder } from "../src/log/log-folder.ts";
import { emptyState, growLog } from "../src/log/log-state.ts";
import { publish } from "../src/log/publish.ts";
import { checkCheckpoint, checkKey } from "../src/verify/check-head.ts";
import { checkLog } from "../src/verify/check-log.ts";
import { Findings } from "../src/verify/verification.ts";
import { fakeClock, open, temporaryHome } from "./temporary-home.ts";

const root = mkdtempSync(path.join(tmpdir(), "cordon-judge-"));
afterAll(() => {
  rmSync(root, { recursive: true, force: true });
});

/** The log alone, as `journal verify` checks it in a folder: the same steps in the same order, without the database. */
async function verifyFolder(folder: string): Promise<boolean> {
  const log = new LogFolder(folder);
  const findings = new Findings();
  const key = await checkKey(log, null, findings);
  if (key === null) return false;
  const head = await checkCheckpoint(log, key, findings);
  if (head === null) return false;
  const onEntry = (): Promise<void> => Promise.resolve();
  await checkLog({ source: log, key, checkpoint: head.checkpoint, foreign: [], findings, onEntry });
  return findings.first() === null;
}

function makeSigner(name: string): NoteSigner {
  const { privateKey } = generateKeyPairSync("ed25519");
  return noteSigner(name, privateKey.export({ type: "pkcs8", format: "pem" }).toString());
}

let folders = 0;

/** A log of random length, written in random batches by the journal's own writer of files. */
async function randomLog(
  random: SeededRandom,
  sizeMost: number,
): Promise<{ folder: string; signer: NoteSigner }> {
  const folder = path.join(root, String(folders++));
  const signer = makeSigner(`log.invalid/${folders}`);
  const log = new LogFolder(folder);
  const size = random.whole(Math.ceil(sizeMost / 2), sizeMost);
  let state = emptyState;
  let seq = 0;
  let atMs = Date.UTC(2014, 4, 27, 12);
  while (seq < size) {
    const batch = Array.from({ length: Math.min(size - seq, random.whole(1, Math.ceil(size / 3))) }, () => {
      atMs += random.whole(0, 5000);
      const commitment = Buffer.from(Array.from({ length: 32 }, () => random.whole(0, 255)));
      return encodeEntry({
        seq: seq++,
        atMs,
        type: "noted",
        stream: `incident/${random.whole(1, 3)}`,
        commitment,
      });
    });
    const grown = growLog(state, batch);
    const head = { size: seq, root: grown.state.tree.root() };
    await publish(log, grown, signCheckpoint(head, signer));
    state = grown.state;
  }
  writeFileSync(path.join(folder, "key"), `${signer.key.line}\n`);
  return { folder, signer };
}

const filesIn = (folder: string): string[] =>
  readdirSync(folder, { recursive: true })
    .map(String)
    .filter((name) => statSync(path.join(folder, name)).isFile())
    .sort();

/** Does one thing to one file that somebody with the folder could do; says what. */
function tamper(folder: string, random: SeededRandom): string {
  const names = filesIn(folder);
  const name = random.pick(names);
  const file = path.join(folder, name);
  const bytes = readFileSync(file);
  const kind = random.pick([
    "flip",
    "flip",
    "flip",
    "cut",
    "extend",
    "delete",
    "copy",
    "rename",
    "swap-lines",
  ]);
  switch (kind) {
    case "flip": {
      const at = random.whole(0, bytes.length - 1);
      bytes[at] = (bytes[at] ?? 0) ^ (1 << random.whole(0, 7));
      writeFileSync(file, bytes);
      return `${name}: byte ${at} flipped`;
    }
    case "cut":
      writeFileSync(file, bytes.subarray(0, random.whole(0, bytes.length - 1)));
      break;
    case "extend":
      writeFileSync(file, Buffer.concat([bytes, bytes.subarray(0, random.whole(1, 64))]));
      break;
    case "delete":
      rmSync(file);
      break;
    case "copy":
      writeFileSync(file, readFileSync(path.join(folder, random.pick(names))));
      break;
    case "rename":
      renameSync(file, `${file}0`);
      break;
    default: {
      const lines = bytes.toString("latin1").split("\n");
      writeFileSync(file, lines.reverse().join("\n"), "latin1");
    }
  }
  return `${name}: ${kind}`;
}

describe("a verifier that shares no code with ours", () => {
  it("says of random logs, and of each after it was tampered with, what ours says", async () => {
    const random = new SeededRandom(6962);
    let refused = 0;
    for (const sizeMost of [3, 40, 255, 300, 520, 700]) {
      const { folder } = await randomLog(random, sizeMost);
      expect(judgeLog(folder).reason).toBeNull();
      expect(await verifyFolder(folder)).toBe(true);
      for (let n = 0; n < 40; n++) {
        const copy = path.join(root, "tampered");
        cpSync(folder, copy, { recursive: true });
        const what = tamper(copy, random);
        const judged = judgeLog(copy);
        expect(await verifyFolder(copy), `${what}; judged: ${judged.reason ?? "verified"}`).toBe(
          judged.verified,
        );
        if (!judged.verified) refused++;
        rmSync(copy, { recursive: true });
      }
    }
    // What both let pass must be harmless: a file that says the same, or an incomplete tile that a full one replaced.
    expect(refused).toBeGreaterThan(200);
  });

  it("finds what only the key's owner can do: another history, a rollback, a fork", async () => {
    const { folder, signer } = await randomLog(new SeededRandom(7), 60);
    const { entries } = judgeLog(folder);
    const at = (name: string): string => path.join(folder, name);
    const before = readFileSync(at("checkpoint"));
    const forms: readonly [string, () => void][] = [
      [
        "another root",
        () =>
          writeFileSync(
            at("checkpoint"),
            signCheckpoint({ size: entries, root: Buffer.alloc(32, 1) }, signer),
          ),
      ],
      [
        "a smaller tree",
        () =>
          writeFileSync(
            at("checkpoint"),
            readFileSync(
              at(
                `checkpoints/${
                  readdirSync(at("checkpoints"))
                    .filter((name) => /^\d+$/.test(name))
                    .sort((a, b) => Number(a) - Number(b))[0] ?? ""
                }`,
              ),
            ),
          ),
      ],
      [
        "a larger tree",
        () =>
          writeFileSync(
            at("checkpoint"),
            signCheckpoint({ size: entries + 1, root: Buffer.alloc(32, 1) }, signer),
          ),
      ],
      [
        "the empty tree",
        () => writeFileSync(at("checkpoint"), signCheckpoint({ size: 0, root: Buffer.alloc(32, 1) }, signer)),
      ],
    ];
    for (const [what, change] of forms) {
      change();
      expect(judgeLog(folder).verified, what).toBe(false);
      expect(await verifyFolder(folder), what).toBe(false);
      writeFileSync(at("checkpoint"), before);
    }
    const kept = at(`checkpoints/${entries}`);
    writeFileSync(kept, signCheckpoint({ size: entries, root: Buffer.alloc(32, 1) }, signer));
    expect(judgeLog(folder).reason).toMatch(/another tree/);
    expect(await verifyFolder(folder)).toBe(false);
    writeFileSync(kept, before);
    expect(judgeLog(folder).verified).toBe(true);
  });

  it.each<[string, (entry: string, seq: number) => string]>([
    [
      "an entry older than the one before it",
      (entry, seq) => (seq === 3 ? entry.replace("2014-", "2013-") : entry),
    ],
    [
      "an entry that says another number",
      (entry, seq) => (seq === 3 ? entry.replace('"seq":3', '"seq":4') : entry),
    ],
    ["an entry that is not canonical", (entry, seq) => (seq === 3 ? entry.replace(",", ", ") : entry)],
    ["an entry with a key more", (entry, seq) => (seq === 3 ? entry.replace("{", '{"a":1,') : entry)],
    ["a day that is none", (entry, seq) => (seq >= 3 ? entry.replace("2014-05-27", "2014-06-31") : entry)],
    [
      "a short commitment",
      (entry, seq) => (seq === 3 ? entry.replace(/"commitment":"[^"]+"/, '"commitment":"AAAA"') : entry),
    ],
  ])("finds %s in a log that is otherwise well signed", async (_, change) => {
    const folder = path.join(root, String(folders++));
    const signer = makeSigner(`log.invalid/${folders}`);
    const entries = Array.from({ length: 6 }, (__, seq) => {
      const atMs = Date.UTC(2014, 4, 27, 12) + seq;
      const entry = encodeEntry({
        seq,
        atMs,
        type: "noted",
        stream: "incident/1",
        commitment: Buffer.alloc(32, seq),
      });
      return Buffer.from(change(Buffer.from(entry).toString("utf8"), seq));
    });
    const grown = growLog(emptyState, entries);
    await publish(
      new LogFolder(folder),
      grown,
      signCheckpoint({ size: 6, root: grown.state.tree.root() }, signer),
    );
    writeFileSync(path.join(folder, "key"), `${signer.key.line}\n`);
    expect(judgeLog(folder).reason).toMatch(/^entry [34]:/);
    expect(await verifyFolder(folder)).toBe(false);
  });

  it("files beyond the checkpoint, as a crash leaves them, say nothing to either", async () => {
    const { folder } = await randomLog(new SeededRandom(8), 200);
    const { entries } = judgeLog(folder);
    mkdirSync(path.join(folder, ".staging"), { recursive: true });
    writeFileSync(path.join(folder, ".staging", "0"), "half a file");
    writeFileSync(path.join(folder, `tile/0/000.p/${entries + 1}`), "half a tile");
    mkdirSync(path.join(folder, "tile/5"), { recursive: true });
    writeFileSync(path.join(folder, "tile/5/000"), "nothing");
    expect(judgeLog(folder)).toEqual({ verified: true, entries, reason: null });
    expect(await verifyFolder(folder)).toBe(true);
  });

  it("verifies the log of a journal in use, and so does who reads it over HTTP", async () => {
    const home = temporaryHome();
    const journal = await open(home, fakeClock());
    for (let n = 0; n < 9; n++) await journal.append("incident/1", "any", [{ type: "noted", data: { n } }]);
    const more = Array.from({ length: 260 }, (_, n) => ({ type: "noted", data: { n } }));
    await journal.append("incident/2", "any", more);
    await journal.erase(4, "on request");
    await journal.close();
    const folder = path.join(home, "journal");
    expect(judgeLog(folder)).toEqual({ verified: true, entries: 271, reason: null });
    const key = noteKey(folder);
    const fetchFile: typeof fetch = (url) => {
      const file = path.join(folder, new URL(url instanceof Request ? url.url : url).pathname);
      return Promise.resolve(
        existsSync(file) ? new Response(readFileSync(file)) : new Response(null, { status: 404 }),
      );
    };
    const verification: Verification = await verifyUrl({
      url: "http://log.invalid/",
      pinnedKey: key,
      checkpoints: [],
      fetchFile,
    });
    expect(verification).toMatchObject({ verified: true, entries: 271 });
  });
});

function noteKey(folder: string): NoteSigner["key"] {
  return parseVerifierKey(readFileSync(path.join(folder, "key"), "utf8"));
}
