import { formatInstant, isJsonObject, parseInstant, type Json } from "@cordon/model";
import { TransparencyError } from "../errors.ts";
import { eventText, parseEventText } from "../event-text.ts";
import { isEntryName } from "../journal-entry.ts";
import type { NoteSigner, VerifierKey } from "../log-key.ts";
import { sha256 } from "../merkle-hash.ts";
import { openNote, signNote } from "../signed-note.ts";
import type { ArchiveFile } from "./ustar.ts";

export const manifestFile = "manifest.json";
export const manifestNoteFile = "manifest.note";

/** No checkpoint begins so: a log's name holds no space. */
const noteHeader = "cordon incident export v1";

export interface ManifestEntry {
  readonly name: string;
  readonly bytes: number;
  /** Hexadecimal. */
  readonly sha256: string;
}

/** What an export says of itself. */
export interface Manifest {
  /** The incident's stream in the journal. */
  readonly incident: string;
  readonly exportedAtMs: number;
  /** In the order of the archive, without the manifest and its note. */
  readonly files: readonly ManifestEntry[];
}

export function hexSha256(bytes: Uint8Array): string {
  return Buffer.from(sha256(bytes)).toString("hex");
}

export function manifestEntry({ name, bytes }: ArchiveFile): ManifestEntry {
  return { name, bytes: bytes.length, sha256: hexSha256(bytes) };
}

/** `manifest.json`: canonical JSON. */
export function encodeManifest({ incident, exportedAtMs, files }: Manifest): Uint8Array {
  const document = { version: 1, incident, exportedAt: formatInstant(exportedAtMs), files };
  return Buffer.from(eventText(document), "utf8");
}

function malformed(what: string): TransparencyError {
  return new TransparencyError("ERR_EXPORT_MALFORMED", `\`${manifestFile}\` is malformed: ${what}`);
}

/** Throws ERR_EXPORT_MALFORMED for anything but what encodeManifest writes. */
export function parseManifest(bytes: Uint8Array): Manifest {
  const { version, incident, exportedAt, files, ...more } = readJson(manifestFile, bytes);
  if (version !== 1) throw malformed("a version that is not known");
  if (Object.keys(more).length > 0) throw malformed("keys that are not known");
  if (typeof incident !== "string" || !isEntryName(incident)) throw malformed("no incident");
  const exportedAtMs = typeof exportedAt === "string" ? parseInstant(exportedAt) : null;
  if (exportedAtMs === null || formatInstant(exportedAtMs) !== exportedAt)
    throw malformed("no time of export");
  if (!Array.isArray(files)) throw malformed("no list of files");
  return { incident, exportedAtMs, files: files.map(readManifestEntry) };
}

function readManifestEntry(value: Json): ManifestEntry {
  if (!isJsonObject(value)) throw malformed("a file that is no object");
  const { name, bytes, sha256: digest, ...more } = value;
  const isWhole = typeof name === "string" && typeof bytes === "number" && typeof digest === "string";
  if (!isWhole || Object.keys(more).length > 0) throw malformed("a file without name, bytes and sha256");
  return { name, bytes, sha256: digest };
}

/** The object in a file of canonical JSON (RFC 8785, I-JSON). Throws ERR_EXPORT_MALFORMED. */
export function readJson(name: string, bytes: Uint8Array): ReturnType<typeof parseEventText> {
  try {
    return parseEventText(new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes));
  } catch (cause) {
    throw new TransparencyError("ERR_EXPORT_MALFORMED", `\`${name}\` is not canonical JSON`, { cause });
  }
}

function noteText(manifest: Uint8Array): string {
  return `${noteHeader}\nsha256:${hexSha256(manifest)}\n`;
}

/** `manifest.note`: a signed note (C2SP) that names the manifest's SHA-256. */
export function signManifest(manifest: Uint8Array, signer: NoteSigner): Uint8Array {
  return signNote(noteText(manifest), signer);
}

/** Throws what openNote throws, and ERR_EXPORT_MALFORMED for a note over another manifest. */
export function checkManifestNote(note: Uint8Array, manifest: Uint8Array, key: VerifierKey): void {
  if (openNote(note, key) !== noteText(manifest)) {
    throw new TransparencyError("ERR_EXPORT_MALFORMED", `\`${manifestNoteFile}\` signs another manifest`);
  }
}
