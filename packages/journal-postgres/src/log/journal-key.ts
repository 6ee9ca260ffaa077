import { createPrivateKey } from "node:crypto";
import { chmod, mkdir, readFile, rename, writeFile } from "node:fs/promises";
import path from "node:path";
import { noteSigner, parseVerifierKey, type NoteSigner } from "@cordon/transparency";
import { JournalError } from "../errors.ts";
import { syncFolder, type LogFolder } from "./log-folder.ts";
import { checkpointFile } from "./publish.ts";

export const keyFile = "key";
const seedBytes = 32;
/** RFC 8410: the PKCS#8 envelope of an Ed25519 key, before its 32 bytes of seed. */
const pkcs8Prefix = Buffer.from("302e020100300506032b657004220420", "hex");

function privateKeyFile(home: string): string {
  return path.join(home, "keys", "journal.private.pem");
}

/** The signer of HOME's log: the name stands in HOME/journal/key, the private key in HOME/keys. null when neither is there. */
export async function readSigner(home: string, log: LogFolder): Promise<NoteSigner | null> {
  const line = await log.read(keyFile);
  const pem = await readPem(home);
  if (line === null && pem === null) return null;
  if (line === null || pem === null) {
    const missing = line === null ? path.join(log.folder, keyFile) : privateKeyFile(home);
    throw new JournalError(
      "ERR_JOURNAL_TAMPERED",
      `\`${missing}\` is missing, expected both halves of the log's key`,
      {
        hint: "put it back from a copy; a new key would begin a new log",
      },
    );
  }
  const text = Buffer.from(line).toString("utf8");
  const key = parseVerifierKey(text);
  const signer = noteSigner(key.name, pem);
  if (`${signer.key.line}\n` !== text) {
    throw new JournalError(
      "ERR_JOURNAL_TAMPERED",
      `\`${path.join(log.folder, keyFile)}\` is not the verifier key of the private key`,
    );
  }
  return signer;
}

/**
 * The signer of a log that other servers write already, in a home that was given their private key and has no files of the
 * log yet; null where that is not so. `vkey` is the log's own.
 */
export async function joinSigner(home: string, log: LogFolder, vkey: string): Promise<NoteSigner | null> {
  const pem = await readPem(home);
  if (pem === null || (await log.read(keyFile)) !== null || (await log.read(checkpointFile)) !== null) {
    return null;
  }
  const signer = noteSigner(parseVerifierKey(vkey).name, pem);
  if (signer.key.line !== vkey) return null;
  await log.write([{ path: keyFile, bytes: Buffer.from(`${vkey}\n`, "utf8") }]);
  return signer;
}

/** Makes the key of a new log. The private half comes last: while it is missing, the log has not begun. */
export async function makeSigner(
  home: string,
  log: LogFolder,
  randomBytes: (count: number) => Uint8Array,
): Promise<NoteSigner> {
  const seed = randomBytes(seedBytes);
  const pem = createPrivateKey({ key: Buffer.concat([pkcs8Prefix, seed]), format: "der", type: "pkcs8" })
    .export({ format: "pem", type: "pkcs8" })
    .toString();
  // C2SP tlog-checkpoint: a schema-less URL is recommended as origin; the name is random, so it is unique for each home.
  const signer = noteSigner(`cordon.invalid/journal/${Buffer.from(randomBytes(16)).toString("hex")}`, pem);
  const file = privateKeyFile(home);
  await mkdir(path.dirname(file), { recursive: true, mode: 0o700 });
  await writeFile(`${file}.new`, pem, { mode: 0o600, flush: true });
  await chmod(`${file}.new`, 0o600);
  await log.write([{ path: keyFile, bytes: Buffer.from(`${signer.key.line}\n`, "utf8") }]);
  await rename(`${file}.new`, file);
  await syncFolder(path.dirname(file));
  return signer;
}

async function readPem(home: string): Promise<string | null> {
  try {
    return await readFile(privateKeyFile(home), "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return null;
    throw error;
  }
}
