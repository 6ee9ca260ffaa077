import { open } from "node:fs/promises";
import path from "node:path";
import { JournalError } from "../errors.ts";
import type { LogFolder } from "./log-folder.ts";
import type { GrownLog } from "./log-state.ts";

export const checkpointFile = "checkpoint";
export const checkpointsFolder = "checkpoints";
export const indexFile = "checkpoints/index";

export function keptCheckpointFile(size: number): string {
  return `${checkpointsFolder}/${size}`;
}

/**
 * Brings the log's files to a signed checkpoint: tiles, bundles, the kept checkpoint and its line in the index are on the
 * disk before `checkpoint` itself changes. Doing it again does no harm.
 */
export async function publish(log: LogFolder, grown: GrownLog, checkpoint: Uint8Array): Promise<void> {
  const { size } = grown.state.tree;
  try {
    const kept = { path: keptCheckpointFile(size), bytes: checkpoint };
    await Promise.all([log.write([...grown.files, kept]), addToIndex(log, size)]);
    await log.write([{ path: checkpointFile, bytes: checkpoint }]);
    for (const full of grown.completed) await log.remove(`${full}.p`);
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

/** Adds `size` as the last line of the index unless it is there; drops the part of a line that a crash left. */
async function addToIndex(log: LogFolder, size: number): Promise<void> {
  const torn = await readTail(path.join(log.folder, indexFile));
  if (torn !== null) {
    const { tail, length } = torn;
    const whole = tail.slice(0, tail.lastIndexOf("\n") + 1);
    if (whole.length < tail.length)
      await truncateFile(path.join(log.folder, indexFile), length - (tail.length - whole.length));
    if (Number(whole.trimEnd().split("\n").at(-1)) === size) return;
  }
  await log.append(indexFile, `${size}\n`);
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
