import { existsSync } from "node:fs";
import { access, constants, mkdir, open, statfs, unlink } from "node:fs/promises";
import path from "node:path";
import { DrillError } from "./drill-error.ts";
import type { DrillOptions } from "./drill-options.ts";

/** What a drill of no accounts takes (an empty PostgreSQL cluster), and what each account adds: sessions, evidence, ledger. */
const baseBytes = 250_000_000;
const bytesPerAccount = 7_000;

/**
 * Makes sure that home and report can be written and that there is room, before anything starts. Throws
 * `ERR_DRILL_INPUT` naming the place.
 */
export async function checkPlace(options: DrillOptions): Promise<void> {
  await writableFolder("--home", options.home);
  const free = await statfs(options.home);
  const freeBytes = free.bavail * free.bsize;
  const neededBytes = baseBytes + options.accounts * bytesPerAccount;
  if (freeBytes < neededBytes) {
    throw new DrillError(
      "ERR_DRILL_INPUT",
      `--home \`${options.home}\` has ${megabytes(freeBytes)} free, expected ${megabytes(neededBytes)} for ${options.accounts} accounts`,
    );
  }
  if (options.report !== null) await writableFile("--report", options.report);
}

async function writableFolder(option: string, folder: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await access(folder, constants.R_OK | constants.W_OK | constants.X_OK);
    // Only a write proves it: a read-only mount passes `access` for root.
    const probe = path.join(folder, `.drill-${process.pid}`);
    await (await open(probe, "wx")).close();
    await unlink(probe);
  } catch (error) {
    throw unwritable(option, folder, "a folder that can be written", error);
  }
}

async function writableFile(option: string, file: string): Promise<void> {
  try {
    const existed = existsSync(file);
    await (await open(file, "a")).close();
    if (!existed) await unlink(file);
  } catch (error) {
    throw unwritable(option, file, "a file that can be written", error);
  }
}

function unwritable(option: string, place: string, expected: string, cause: unknown): DrillError {
  const code = cause instanceof Error && "code" in cause ? String(cause.code) : String(cause);
  return new DrillError("ERR_DRILL_INPUT", `${option} \`${place}\` (${code}), expected ${expected}`, {
    cause,
  });
}

function megabytes(bytes: number): string {
  return `${Math.ceil(bytes / 1_000_000)} MB`;
}
