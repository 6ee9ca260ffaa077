import { createReadStream } from "node:fs";
import { open, rename, rm } from "node:fs/promises";
import path from "node:path";
import { Readable } from "node:stream";
import { randomBytes } from "node:crypto";
import { CliError } from "../cli-error.ts";
import { fileError, readInputText } from "../input-file.ts";

const identityBytesMax = 64 * 1024;
/** The first bytes of every age file (C2SP age). */
const ageStart = "age-encryption.org/v1";

/** Writes parts to a file of mode 0600 that gets its name when it is whole; encrypted to the recipients when there are some. */
export async function writeStream(
  file: string,
  parts: AsyncIterable<Buffer>,
  recipients: readonly string[],
): Promise<number> {
  const draft = path.join(
    path.dirname(file),
    `.${path.basename(file)}.${randomBytes(6).toString("hex")}.tmp`,
  );
  try {
    const source = recipients.length === 0 ? parts : await encrypted(parts, recipients);
    const handle = await open(draft, "wx", 0o600);
    let bytes = 0;
    try {
      for await (const part of source) {
        await handle.writeFile(part);
        bytes += part.length;
      }
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(draft, file);
    return bytes;
  } catch (error) {
    await rm(draft, { force: true });
    throw fileError(file, error, "a file that can be written");
  }
}

async function encrypted(
  parts: AsyncIterable<Buffer>,
  recipients: readonly string[],
): Promise<AsyncIterable<Uint8Array>> {
  const { Encrypter } = await import("age-encryption");
  const encrypter = new Encrypter();
  for (const recipient of recipients) addRecipient(encrypter, recipient);
  return iterable(await encrypter.encrypt(web(parts)));
}

/** Throws a CliError for a text that is no age recipient. */
export async function checkRecipients(recipients: readonly string[]): Promise<void> {
  const { Encrypter } = await import("age-encryption");
  for (const recipient of recipients) addRecipient(new Encrypter(), recipient);
}

function addRecipient(encrypter: { addRecipient(text: string): void }, recipient: string): void {
  try {
    encrypter.addRecipient(recipient);
  } catch (cause) {
    const line = `--recipient: \`${recipient}\` is no age recipient, expected age1…`;
    throw new CliError("ERR_CLI_USAGE", line, { cause });
  }
}

/** The plain bytes of a file, decrypted with the identity when it is encrypted. Throws a CliError. */
export async function readStream(
  file: string,
  identityFile: string | null,
): Promise<AsyncIterable<Uint8Array>> {
  const start = await firstBytes(file);
  if (start !== ageStart) return createReadStream(file);
  if (identityFile === null)
    throw new CliError("ERR_CLI_USAGE", `${file}: is encrypted, expected --identity with the key for it`);
  const text = await readInputText(identityFile, identityBytesMax, "an age identity (AGE-SECRET-KEY-…)");
  const identity = text.split("\n").find((line) => line.startsWith("AGE-SECRET-KEY-"));
  if (identity === undefined)
    throw new CliError("ERR_CLI_FILE", `${identityFile}: holds no identity, expected AGE-SECRET-KEY-…`);
  const { Decrypter } = await import("age-encryption");
  const decrypter = new Decrypter();
  try {
    decrypter.addIdentity(identity.trim());
    return iterable(await decrypter.decrypt(web(createReadStream(file))));
  } catch (cause) {
    throw new CliError(
      "ERR_CLI_FILE",
      `${file}: does not open, expected the identity that it is encrypted to`,
      {
        cause,
      },
    );
  }
}

async function firstBytes(file: string): Promise<string> {
  try {
    const handle = await open(file, "r");
    try {
      const bytes = Buffer.alloc(ageStart.length);
      await handle.read(bytes, 0, bytes.length, 0);
      return bytes.toString("latin1");
    } finally {
      await handle.close();
    }
  } catch (error) {
    throw fileError(file, error, "a backup");
  }
}

/** Node's streams and the DOM's are one thing with two types. */
function web(parts: AsyncIterable<Uint8Array>): ReadableStream<Uint8Array> {
  return Readable.toWeb(Readable.from(parts)) as ReadableStream<Uint8Array>;
}

function iterable(stream: ReadableStream<Uint8Array>): AsyncIterable<Uint8Array> {
  return Readable.fromWeb(stream);
}
