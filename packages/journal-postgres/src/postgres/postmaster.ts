import { readFile, stat, writeFile } from "node:fs/promises";
import path from "node:path";

/** What PostgreSQL writes to `postmaster.pid`, as far as it is there yet. */
export interface PostmasterFile {
  readonly pid: number;
  /** null until the server has opened its port. */
  readonly port: number | null;
  readonly status: "starting" | "ready" | "stopping" | "unknown";
}

/** A process ID above every limit that kernels know: nobody has it. */
const pidOfNobody = 1_999_999_999;

function pidFile(dataFolder: string): string {
  return path.join(dataFolder, "postmaster.pid");
}

/** null when there is no such file or it says nothing. */
export async function readPostmasterFile(dataFolder: string): Promise<PostmasterFile | null> {
  let lines: readonly string[];
  try {
    lines = (await readFile(pidFile(dataFolder), "utf8")).split("\n");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return null;
    throw error;
  }
  const pid = Number(lines[0]);
  if (!Number.isSafeInteger(pid) || pid <= 0) return null;
  const port = Number(lines[3]);
  const word = (lines[7] ?? "").trim();
  const status = word === "starting" || word === "ready" || word === "stopping" ? word : "unknown";
  return { pid, port: Number.isSafeInteger(port) && port > 0 ? port : null, status };
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: there is such a process, it is somebody else's.
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}

/**
 * Whether process `pid` is the server of this very folder, by its working directory; null where the system does not
 * tell. A pid file may have been copied along with the folder, or its number may have gone to another process.
 */
export async function servesFolder(pid: number, dataFolder: string): Promise<boolean | null> {
  if (process.platform !== "linux") return null;
  try {
    const [own, its] = await Promise.all([stat(dataFolder), stat(`/proc/${pid}/cwd`)]);
    return own.dev === its.dev && own.ino === its.ino;
  } catch (error) {
    if (!(error instanceof Error) || !("code" in error)) throw error;
    // ENOENT: gone, or a zombie. EACCES: another account's process, while the server has ours or root asks.
    if (error.code === "ENOENT" || error.code === "EACCES" || error.code === "ESRCH") return false;
    throw error;
  }
}

/**
 * Makes the pid file of another process say that nobody runs. The rest of it stays: by it PostgreSQL finds out whether
 * workers of a killed server still hold the folder's shared memory.
 */
export async function disownPostmasterFile(dataFolder: string): Promise<void> {
  const text = await readFile(pidFile(dataFolder), "utf8");
  const [, ...rest] = text.split("\n");
  await writeFile(pidFile(dataFolder), [String(pidOfNobody), ...rest].join("\n"));
}
