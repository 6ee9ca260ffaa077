import { decodeBase64, encodeBase64 } from "./base64.ts";
import { TransparencyError } from "./errors.ts";
import type { NoteSigner, VerifierKey } from "./log-key.ts";
import { isKeyName } from "./vkey.ts";

/** C2SP signed-note asks for 16 at least. */
const noteSignaturesMax = 100;
const noteBytesMax = 1 << 20;
const keyIdBytes = 4;

export interface NoteSignature {
  readonly name: string;
  readonly keyId: string;
  readonly signature: Uint8Array;
}

export interface SignedNote {
  /** The signed text with its final newline. */
  readonly text: string;
  readonly signatures: readonly NoteSignature[];
}

function malformed(what: string): TransparencyError {
  return new TransparencyError("ERR_NOTE_MALFORMED", `note ${what}`);
}

/** Takes a note apart without trusting it (C2SP signed-note). Throws ERR_NOTE_MALFORMED. */
export function parseNote(bytes: Uint8Array): SignedNote {
  if (bytes.length > noteBytesMax)
    throw malformed(`has ${bytes.length} bytes, expected at most ${noteBytesMax}`);
  let note: string;
  try {
    note = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (cause) {
    throw new TransparencyError("ERR_NOTE_MALFORMED", "note is not UTF-8", { cause });
  }
  // eslint-disable-next-line no-control-regex -- control characters are what the format forbids
  if (/[\u0000-\u0009\u000b-\u001f]/.test(note)) throw malformed("has a control character");
  const split = note.lastIndexOf("\n\n");
  if (split < 0) throw malformed("has no blank line before its signatures");
  const text = note.slice(0, split + 1);
  const lines = note.slice(split + 2).split("\n");
  if (lines.pop() !== "" || lines.length === 0) throw malformed("does not end in a signature line");
  if (lines.length > noteSignaturesMax) throw malformed(`has over ${noteSignaturesMax} signatures`);
  return { text, signatures: lines.map(parseSignatureLine) };
}

function parseSignatureLine(line: string): NoteSignature {
  const [dash, name, encoded, ...more] = line.split(" ");
  const bytes = encoded === undefined ? null : decodeBase64(encoded);
  if (dash !== "—" || name === undefined || more.length > 0 || !isKeyName(name) || bytes === null) {
    throw malformed("has a malformed signature line");
  }
  if (bytes.length <= keyIdBytes) throw malformed("has a signature line without a signature");
  return {
    name,
    keyId: Buffer.from(bytes.subarray(0, keyIdBytes)).toString("hex"),
    signature: bytes.subarray(keyIdBytes),
  };
}

/**
 * The text of a note that `key` has signed. Signatures of other keys are ignored. Throws ERR_NOTE_MALFORMED,
 * ERR_NOTE_UNSIGNED or ERR_NOTE_SIGNATURE (any signature of this key that does not fit).
 */
export function openNote(bytes: Uint8Array, key: VerifierKey): string {
  const note = parseNote(bytes);
  const own = note.signatures.filter(({ name, keyId }) => name === key.name && keyId === key.keyId);
  if (own.length === 0) {
    throw new TransparencyError(
      "ERR_NOTE_UNSIGNED",
      `note has no signature of \`${key.name}\` (${key.keyId})`,
    );
  }
  const text = Buffer.from(note.text, "utf8");
  if (!own.every(({ signature }) => key.verify(text, signature))) {
    throw new TransparencyError("ERR_NOTE_SIGNATURE", `signature of \`${key.name}\` does not fit the note`);
  }
  return note.text;
}

/** The note over `text` (which ends in a newline) with one signature. Throws ERR_NOTE_MALFORMED. */
export function signNote(text: string, signer: NoteSigner): Uint8Array {
  if (!text.endsWith("\n") || text.length < 2) throw malformed("text does not end in a newline");
  const signature = Buffer.concat([
    Buffer.from(signer.key.keyId, "hex"),
    signer.sign(Buffer.from(text, "utf8")),
  ]);
  const note = Buffer.from(`${text}\n— ${signer.key.name} ${encodeBase64(signature)}\n`, "utf8");
  parseNote(note);
  return note;
}
