import { canonicalJson, formatInstant, isJsonObject, parseInstant } from "@cordon/model";
import { decodeBase64, encodeBase64 } from "./base64.ts";
import { entryBytesMax } from "./entry-bundle.ts";
import { TransparencyError } from "./errors.ts";
import { hashBytes, sha256 } from "./merkle-hash.ts";

export const saltBytes = 32;

/** One leaf of the journal. It carries no personal data: the event rests elsewhere, behind a salted commitment. */
export interface JournalEntry {
  /** Index in the log. */
  readonly seq: number;
  readonly atMs: number;
  readonly type: string;
  readonly stream: string;
  /** SHA-256(salt ‖ the event's canonical text). */
  readonly commitment: Uint8Array;
}

/** True for what may be a type or a stream: 1–128 of `A-Z a-z 0-9 . _ : / -`. */
export function isEntryName(text: string): boolean {
  return /^[A-Za-z0-9._:/-]{1,128}$/.test(text);
}

export function commitmentOf(salt: Uint8Array, eventText: string): Uint8Array {
  return sha256(salt, Buffer.from(eventText, "utf8"));
}

/** The canonical bytes of an entry: exactly seq, at, type, stream and commitment. */
export function encodeEntry(entry: JournalEntry): Uint8Array {
  const { seq, type, stream } = entry;
  return Buffer.from(
    canonicalJson({
      seq,
      at: formatInstant(entry.atMs),
      type,
      stream,
      commitment: encodeBase64(entry.commitment),
    }),
    "utf8",
  );
}

function malformed(what: string): TransparencyError {
  return new TransparencyError("ERR_ENTRY_MALFORMED", what);
}

const keys = ["at", "commitment", "seq", "stream", "type"];

/** Reads an entry strictly: canonical bytes, exactly its five keys, each of its form. Throws ERR_ENTRY_MALFORMED. */
export function parseEntry(bytes: Uint8Array): JournalEntry {
  if (bytes.length > entryBytesMax)
    throw malformed(`entry of ${bytes.length} bytes, expected at most ${entryBytesMax}`);
  let text: string;
  let value: unknown;
  try {
    text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
    value = JSON.parse(text);
  } catch (cause) {
    throw new TransparencyError("ERR_ENTRY_MALFORMED", "entry is no JSON", { cause });
  }
  if (!isJsonObject(value) || Object.keys(value).sort().join() !== keys.join()) {
    throw malformed(`entry has other keys, expected exactly ${keys.join(", ")}`);
  }
  if (canonicalJson(value) !== text) throw malformed("entry is not canonical JSON");
  const { seq, at, type, stream, commitment } = value;
  if (typeof seq !== "number" || !Number.isSafeInteger(seq) || seq < 0) throw malformed("entry has no seq");
  const atMs = typeof at === "string" ? parseInstant(at) : null;
  if (atMs === null || formatInstant(atMs) !== at) {
    throw malformed("entry has a malformed `at`, expected YYYY-MM-DDTHH:MM:SS.mmmZ");
  }
  if (typeof type !== "string" || !isEntryName(type)) throw malformed("entry has a malformed type");
  if (typeof stream !== "string" || !isEntryName(stream)) throw malformed("entry has a malformed stream");
  const committed = typeof commitment === "string" ? decodeBase64(commitment) : null;
  if (committed?.length !== hashBytes) throw malformed("entry has a malformed commitment");
  return { seq, atMs, type, stream, commitment: committed };
}
