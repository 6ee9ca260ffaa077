import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import {
  NotOfTheFormat,
  readCheckpoint,
  readKeyFile,
  refuse,
  unbase64,
  type LogKey,
} from "./log-oracle-note.ts";
import { bundleEntries, indexPath, leafHash, tileBytes, treeHash } from "./log-oracle-tree.ts";

/** What a stranger with the specifications and the folder says of a log. */
export interface LogJudgement {
  readonly verified: boolean;
  /** Tree size of the checkpoint; 0 while it could not be read. */
  readonly entries: number;
  /** The first thing that is wrong, null when nothing is. */
  readonly reason: string | null;
}

/**
 * A verifier of HOME/journal that shares no code with the project's: written from C2SP signed-note, tlog-checkpoint and
 * tlog-tiles, RFC 6962 and the reference of the journal's files, it reads them all and computes every hash anew.
 */
export function judgeLog(folder: string): LogJudgement {
  let entries = 0;
  try {
    const log = new Folder(folder);
    const key = log.strictly("key", readKeyFile);
    const head = log.strictly("checkpoint", (bytes) => readCheckpoint(bytes, key));
    entries = head.size;
    const kept = readIndex(log);
    const leaves = readLeaves(log, head.size);
    for (const size of [...kept.filter((one) => one < head.size), head.size])
      checkEdge(log, leaves, size, head.size);
    checkFullTiles(log, leaves, head.size);
    if (!treeHash(leaves, 0, head.size).equals(head.root))
      refuse("checkpoint: another root than the entries'");
    checkKept(log, key, kept, leaves, head.size);
    return { verified: true, entries, reason: null };
  } catch (error) {
    if (error instanceof NotOfTheFormat) return { verified: false, entries, reason: error.message };
    throw error;
  }
}

class Folder {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  has(name: string): boolean {
    return existsSync(path.join(this.#folder, name));
  }

  read(name: string): Buffer {
    return this.has(name) ? readFileSync(path.join(this.#folder, name)) : refuse(`${name}: missing`);
  }

  names(name: string): readonly string[] {
    return this.has(name) ? readdirSync(path.join(this.#folder, name)) : [];
  }

  /** What `reader` makes of a file; its reasons get the file's name. */
  strictly<Read>(name: string, reader: (bytes: Buffer) => Read): Read {
    try {
      return reader(this.read(name));
    } catch (error) {
      if (error instanceof NotOfTheFormat) refuse(`${name}: ${error.message}`);
      throw error;
    }
  }
}

/** Sizes of the kept checkpoints: one a line, each above the one before. */
function readIndex(log: Folder): readonly number[] {
  return log.strictly("checkpoints/index", (bytes) => {
    const lines = bytes.toString("latin1").split("\n");
    if (lines.pop() !== "" || lines.length === 0) refuse("no whole lines");
    return lines.map((line, i) => {
      if (!/^[1-9][0-9]{0,15}$/.test(line)) refuse("a line that is no size");
      if (i > 0 && Number(line) <= Number(lines[i - 1])) refuse("a size that does not grow");
      return Number(line);
    });
  });
}

/** Width of the incomplete tile of `level` at `size`: floor(size / 256^level) mod 256 (C2SP tlog-tiles). */
const edgeWidth = (level: number, size: number): number => Math.floor(size / 256 ** level) % 256;
const fullCount = (level: number, size: number): number => Math.floor(size / 256 ** (level + 1));

/** The name of a file at the right edge: itself, or the full one that may have taken its place. */
function edgeFile(log: Folder, base: string, index: number, width: number): string {
  const full = `${base}/${indexPath(index)}`;
  const partial = `${full}.p/${width}`;
  return !log.has(partial) && log.has(full) ? full : partial;
}

/** Leaf hashes of all entries; each entry is of the journal's form, at its place, not before the one before it. */
function readLeaves(log: Folder, size: number): Buffer[] {
  const leaves: Buffer[] = [];
  let before = "";
  for (let index = 0; index * 256 < size; index++) {
    const width = Math.min(256, size - index * 256);
    const full = `tile/entries/${indexPath(index)}`;
    const name = width === 256 ? full : edgeFile(log, "tile/entries", index, width);
    const entries = log.strictly(name, bundleEntries);
    if (entries.length !== (name === full ? 256 : width)) refuse(`${name}: ${entries.length} entries`);
    for (const entry of entries.slice(0, width)) {
      before = readEntry(entry, leaves.length, before);
      leaves.push(leafHash(entry));
    }
  }
  return leaves;
}

/** Returns its time. RFC 8785 of these five keys is the text below, as none of the values needs an escape. */
function readEntry(entry: Buffer, seq: number, before: string): string {
  const shape =
    /^\{"at":"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z)","commitment":"([^"]*)","seq":(0|[1-9]\d*),"stream":"([A-Za-z0-9._:/-]{1,128})","type":"([A-Za-z0-9._:/-]{1,128})"\}$/;
  const match = shape.exec(entry.toString("latin1"));
  if (match === null) refuse(`entry ${seq}: not of the form`);
  const [, at = "", commitment = "", told = ""] = match;
  if (Number(told) !== seq) refuse(`entry ${seq}: says that it is ${told}`);
  if (unbase64(commitment).length !== 32) refuse(`entry ${seq}: no commitment`);
  const ms = Date.parse(at);
  if (Number.isNaN(ms) || new Date(ms).toISOString() !== at) refuse(`entry ${seq}: no such time`);
  if (at < before) refuse(`entry ${seq}: older than the one before it`);
  return at;
}

/** The incomplete tiles and bundle that a checkpoint of `size` needs, as long as the tree of `now` has no full ones. */
function checkEdge(log: Folder, leaves: readonly Buffer[], size: number, now: number): void {
  for (let level = 0; 256 ** level <= size; level++) {
    const width = edgeWidth(level, size);
    const index = fullCount(level, size);
    if (width === 0 || index < fullCount(level, now)) continue;
    compareTile(log, edgeFile(log, `tile/${level}`, index, width), tileBytes(leaves, level, index, width));
    if (level > 0) continue;
    const name = edgeFile(log, "tile/entries", index, width);
    const hashes = log.strictly(name, bundleEntries).map(leafHash);
    if (hashes.length !== width && hashes.length !== 256) refuse(`${name}: ${hashes.length} entries`);
    if (hashes.slice(0, width).some((hash, i) => !hash.equals(leaves[index * 256 + i] ?? hash.subarray(1)))) {
      refuse(`${name}: another entry than the log's`);
    }
  }
}

function checkFullTiles(log: Folder, leaves: readonly Buffer[], size: number): void {
  for (let level = 0; fullCount(level, size) > 0; level++) {
    for (let index = 0; index < fullCount(level, size); index++) {
      compareTile(log, `tile/${level}/${indexPath(index)}`, tileBytes(leaves, level, index, 256));
    }
  }
}

/** A full tile in the place of an incomplete one must begin with it. */
function compareTile(log: Folder, name: string, expected: Buffer): void {
  const found = log.read(name);
  const isFull = !name.includes(".p/") && expected.length < 256 * 32;
  if (!(isFull ? found.subarray(0, expected.length) : found).equals(expected)) {
    refuse(`${name}: other hashes than the entries'`);
  }
}

/** Every kept checkpoint is the head of this very tree at its size, so each is consistent with the newest. */
function checkKept(
  log: Folder,
  key: LogKey,
  kept: readonly number[],
  leaves: readonly Buffer[],
  size: number,
): void {
  for (const name of log.names("checkpoints")) {
    if (name !== "index" && !kept.some((one) => String(one) === name))
      refuse(`checkpoints/${name}: not in the index`);
  }
  for (const one of kept) {
    if (one > size) refuse(`checkpoints/${one}: a rollback to ${size}`);
    const head = log.strictly(`checkpoints/${one}`, (bytes) => readCheckpoint(bytes, key));
    if (head.size !== one) refuse(`checkpoints/${one}: of another size`);
    if (!treeHash(leaves, 0, one).equals(head.root)) refuse(`checkpoints/${one}: the head of another tree`);
  }
  if (kept.at(-1) !== size) refuse("checkpoints/index: without the newest checkpoint");
}
