import { open } from "node:fs/promises";
import path from "node:path";
import { JournalError } from "../errors.ts";
import type { LogFile, LogFolder } from "./log-folder.ts";
import type { GrownLog } from "./log-state.ts";

export const checkpointFile = "checkpoint";
export const checkpointsFolder = "checkpoints";
export const indexFile = "checkpoints/index";

export function keptCheckpointFile(size: number): string {
  return `${checkpointsFolder}/${size}`;
}

/** A log that has grown, and the checkpoint that was signed for it. */
export interface SignedGrowth {
  readonly grown: GrownLog;
  readonly checkpoint: Uint8Array;
}

/** Brings the log's files to a signed checkpoint. Throws ERR_JOURNAL_FILES. */
export async function publish(log: LogFolder, grown: GrownLog, checkpoint: Uint8Array): Promise<void> {
  await publishAll(log, [{ grown, checkpoint }]);
}

/**
 * Brings the log's files to the last of several signed checkpoints, each of which is kept: tiles, bundles, the kept checkpoints
 * and their lines in the index are on the disk before `checkpoint` itself changes. Doing it again does no harm.
 * Throws ERR_JOURNAL_FILES.
 */
export async function publishAll(log: LogFolder, growth: readonly SignedGrowth[]): Promise<void> {
  const last = growth.at(-1);
  if (last === undefined) return;
  const completed = growth.flatMap(({ grown }) => grown.completed);
  // What became full on the way needs no incomplete predecessors.
  const dropped = new Set(completed.map((full) => `${full}.p`));
  const files = new Map<string, LogFile>();
  for (const { grown, checkpoint } of growth) {
    for (const file of grown.files) if (!dropped.has(path.dirname(file.path))) files.set(file.path, file);
    const kept = keptCheckpointFile(grown.state.tree.size);
    files.set(kept, { path: kept, bytes: checkpoint });
  }
  try {
    await Promise.all([
      log.write([...files.values()]),
      addToIndex(
        log,
        growth.map(({ grown }) => grown.state.tree.size),
      ),
    ]);
    await log.write([{ path: checkpointFile, bytes: last.checkpoint }]);
    for (const folder of dropped) await log.remove(folder);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new JournalError("ERR_JOURNAL_FILES", `recorded, but no checkpoint covers it yet: ${reason}`, {
      hint: "the next append completes the log once its folder can be written",
      cause,
    });
  }
}

/** A line of the index is at most 16 digits and a newline. */
const tailBytes = 64;

/** Adds to the index the sizes that are beyond its last line; drops the part of a line that a crash left. */
async function addToIndex(log: LogFolder, sizes: readonly number[]): Promise<void> {
  const torn = await readTail(path.join(log.folder, indexFile));
  let known = 0;
  if (torn !== null) {
    const { tail, length } = torn;
    const whole = tail.slice(0, tail.lastIndexOf("\n") + 1);
    if (whole.length < tail.length)
      await truncateFile(path.join(log.folder, indexFile), length - (tail.length - whole.length));
    known = Number(whole.trimEnd().split("\n").at(-1)) || 0;
  }
  const added = sizes.filter((size) => size > known);
  if (added.length > 0) await log.append(indexFile, added.map((size) => `${size}\n`).join(""));
}

async function readTail(file: string): Promise<{ tail: string; length: number } | null> {
  let handle;
  try {
    handle = await open(file, "r");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return null;
    throw error;
  }
  try {
    const { size: length } = await handle.stat();
    const buffer = Buffer.alloc(Math.min(tailBytes, length));
    await handle.read(buffer, 0, buffer.length, length - buffer.length);
    return { tail: buffer.toString("latin1"), length };
  } finally {
    await handle.close();
  }
}

async function truncateFile(file: string, length: number): Promise<void> {
  const handle = await open(file, "r+");
  try {
    await handle.truncate(length);
    await handle.sync();
  } finally {
    await handle.close();
  }
}
