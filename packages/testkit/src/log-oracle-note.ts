import { createHash, createPublicKey, verify } from "node:crypto";

/** Written from C2SP signed-note and tlog-checkpoint alone, to judge the project's own reading of them. */

/** Why something is not what the specification asks for. */
export class NotOfTheFormat extends Error {}

export function refuse(reason: string): never {
  throw new NotOfTheFormat(reason);
}

/** Standard base64, padded, in its one spelling; anything else is refused. */
export function unbase64(text: string): Buffer {
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(text) || text.length % 4 !== 0) refuse(`\`${text}\` is not base64`);
  const bytes = Buffer.from(text, "base64");
  return bytes.toString("base64") === text ? bytes : refuse(`\`${text}\` has other bits than its bytes`);
}

/** Lines as the formats have them: UTF-8, each ending in a newline, no other control character. */
function textOf(bytes: Buffer): string {
  const text = bytes.toString("utf8");
  if (!Buffer.from(text, "utf8").equals(bytes)) refuse("not UTF-8");
  for (const character of text) {
    if (character < " " && character !== "\n") refuse("a control character");
  }
  return text;
}

export interface LogKey {
  readonly name: string;
  readonly id: Buffer;
  readonly publicKey: Buffer;
}

/** `<name>+<hex key ID>+<base64 of 0x01 and the Ed25519 key>`, and one newline. */
export function readKeyFile(bytes: Buffer): LogKey {
  const text = textOf(bytes);
  const match = /^([^+\s]+)\+([0-9a-f]{8})\+(\S+)\n$/.exec(text);
  if (match === null) refuse("no vkey line");
  const [, name = "", hexId = "", encoded = ""] = match;
  const typed = unbase64(encoded);
  if (typed.length !== 33 || typed[0] !== 1) refuse("no Ed25519 key");
  const id = createHash("sha256").update(`${name}\n`).update(typed).digest().subarray(0, 4);
  if (id.toString("hex") !== hexId) refuse("the key ID is another key's");
  return { name, id, publicKey: typed.subarray(1) };
}

/** SubjectPublicKeyInfo of Ed25519 up to the key (RFC 8410). */
const spkiPrefix = Buffer.from("302a300506032b6570032100", "hex");

function isSigned(key: LogKey, text: string, signature: Buffer): boolean {
  const der = Buffer.concat([spkiPrefix, key.publicKey]);
  return verify(
    null,
    Buffer.from(text),
    createPublicKey({ key: der, format: "der", type: "spki" }),
    signature,
  );
}

interface TreeHead {
  readonly size: number;
  readonly root: Buffer;
}

/** The tree head in a checkpoint that `key` has signed and that names the log as the key does. */
export function readCheckpoint(bytes: Buffer, key: LogKey): TreeHead {
  const note = textOf(bytes);
  const end = note.lastIndexOf("\n\n");
  if (end < 0) refuse("no signatures");
  const text = note.slice(0, end + 1);
  const signatures = note.slice(end + 2);
  if (!signatures.endsWith("\n")) refuse("the last line has no newline");
  let signed = false;
  for (const line of signatures.slice(0, -1).split("\n")) {
    const match = /^— ([^+\s]+) (\S+)$/.exec(line);
    if (match === null) refuse("no signature line");
    const blob = unbase64(match[2] ?? "");
    if (blob.length < 5) refuse("a signature line without a signature");
    if (match[1] !== key.name || !blob.subarray(0, 4).equals(key.id)) continue;
    if (!isSigned(key, text, blob.subarray(4))) refuse("the signature does not verify");
    signed = true;
  }
  if (!signed) refuse("not signed by the key");
  const head = /^([^\n]+)\n(0|[1-9][0-9]{0,15})\n([^\n]+)\n$/.exec(text);
  if (head === null) refuse("not origin, size and root");
  const [, origin = "", size = "", root = ""] = head;
  if (origin !== key.name) refuse("the checkpoint of another log");
  const hash = unbase64(root);
  if (hash.length !== 32) refuse("the root is no SHA-256");
  if (!Number.isSafeInteger(Number(size))) refuse("too large a tree");
  return { size: Number(size), root: hash };
}
