import { open, readFile, rename } from "node:fs/promises";
import path from "node:path";

import { isJsonObject } from "@cordon/model";
import type { RejectedLine } from "@cordon/scope";

import { LakeError } from "../errors.ts";

/** What a lake of evidence holds. The file is replaced as a whole: what it does not name is not in the lake. */
export interface LakeManifest {
  readonly version: typeof manifestVersion;
  /** Grows with every change. */
  readonly generation: number;
  /** The numbers that the next file and the next part get. */
  readonly nextFile: number;
  readonly nextPart: number;
  readonly sources: readonly LakeSource[];
  /** The accounts that have a number. */
  readonly accounts: readonly AccountSegment[];
}

/** Accounts and their numbers, which are `first` and the next ones. */
export interface AccountSegment {
  /** Relative to the lake. */
  readonly file: string;
  readonly first: number;
  readonly count: number;
}

export interface LakeSource {
  readonly name: string;
  /** SHA-256 of how the data map reads the source's lines. */
  readonly reading: string;
  readonly files: readonly LakeFile[];
  readonly parts: readonly LakePart[];
  /** Files with the hashes of its lines, relative to the lake. */
  readonly lines: readonly string[];
  /** SHA-256 over the sorted hashes of its lines, in hex; null when lines have come since it was made. */
  readonly linesDigest: string | null;
  /** CloudTrail's digest files and signatures, whose bytes lie in the lake. */
  readonly digestFiles: readonly LakeDigestFile[];
}

/** A raw file, or the part of one that has been read so far. */
export interface LakeFile {
  readonly number: number;
  /** Relative to the evidence folder. */
  readonly name: string;
  /** SHA-256 of the file as it lay there; null while it is not read to its end, and of a pipe. */
  readonly sha256: string | null;
  /** Of what was read, after decompression. */
  readonly contentSha256: string;
  readonly contentBytes: number;
  readonly lines: number;
  readonly readable: number;
  readonly rejected: number;
  /** The first 100. */
  readonly rejectedLines: readonly RejectedLine[];
  /** False while there is more of it to read. */
  readonly complete: boolean;
  /** True when its last line had no end. */
  readonly endsOpen: boolean;
}

/** Events of one source and day, by actor and time. */
export interface LakePart {
  /** Relative to the lake; its summary lies beside it, with `.json` for `.parquet`. */
  readonly file: string;
  /** Days since the epoch. */
  readonly day: number;
  readonly events: number;
  readonly fromUs: number;
  readonly toUs: number;
  readonly bytes: number;
  /** Null: a question has to read the part's events. */
  readonly tally: PartTally | null;
}

/** What a part's events do together. */
export interface PartTally {
  /** Relative to the lake. */
  readonly file: string;
  /** The most people that one event gave as a number; null when none gives one. */
  readonly rowsMax: number | null;
}

export interface LakeDigestFile {
  readonly name: string;
  /** Relative to the lake. */
  readonly file: string;
  readonly sha256: string;
}

const manifestName = "manifest.json";
/**
 * 2: what the columns of an event leave untold tells the events of one id apart, and line hashes lie in files of their own
 * kind. 3: accounts have numbers, and parts have tallies.
 */
export const manifestVersion = 3;

export const emptyManifest: LakeManifest = {
  version: manifestVersion,
  generation: 0,
  nextFile: 0,
  nextPart: 0,
  sources: [],
  accounts: [],
};

/** Null when there is no lake in the folder. Throws LakeError ERR_LAKE_FILE for a manifest that is none. */
export async function readManifest(lakeFolder: string): Promise<LakeManifest | null> {
  const file = path.join(lakeFolder, manifestName);
  let text: string;
  try {
    text = await readFile(file, "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return null;
    throw error;
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new LakeError("ERR_LAKE_FILE", `${file}: it is no JSON, expected a lake's manifest`, {
      cause: error,
    });
  }
  const manifest = asManifest(value);
  if (manifest !== null) return manifest;
  throw new LakeError(
    "ERR_LAKE_FILE",
    `${file}: it is no manifest of version ${manifestVersion}, expected a lake's manifest`,
  );
}

/** A manifest of this version or of the one before, which had no numbers; null for anything else. */
export function asManifest(value: unknown): LakeManifest | null {
  if (!isJsonObject(value) || !Array.isArray(value["sources"])) return null;
  // Cordon wrote it as a whole, and nobody else may write there.
  const manifest = value as unknown as LakeManifest;
  if (value["version"] === manifestVersion) return manifest;
  if (value["version"] !== manifestVersion - 1) return null;
  const sources = manifest.sources.map((source) => ({
    ...source,
    parts: source.parts.map((part) => ({ ...part, tally: null })),
  }));
  return { ...manifest, version: manifestVersion, sources, accounts: [] };
}

/** The manifest is on the disk, whole, when this resolves. */
export async function writeManifest(lakeFolder: string, manifest: LakeManifest): Promise<void> {
  const file = path.join(lakeFolder, manifestName);
  const draft = `${file}.draft`;
  const handle = await open(draft, "w", 0o600);
  try {
    await handle.writeFile(`${JSON.stringify(manifest)}\n`);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(draft, file);
  await syncFolder(lakeFolder);
}

/** Makes what was created, renamed or removed in a folder last. */
export async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

export async function syncFile(file: string): Promise<void> {
  const handle = await open(file, "r+");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
