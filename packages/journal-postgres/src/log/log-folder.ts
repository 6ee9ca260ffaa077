import { mkdir, open, readdir, readFile, rename, rm } from "node:fs/promises";
import path from "node:path";

/** A file of the log, by its path below HOME/journal. */
export interface LogFile {
  readonly path: string;
  readonly bytes: Uint8Array;
}

const stagingName = ".staging";

function isAbsent(error: unknown): boolean {
  return error instanceof Error && "code" in error && (error.code === "ENOENT" || error.code === "ENOTDIR");
}

/**
 * HOME/journal. Files appear whole or not at all: each is written beside, synced, and renamed into place. One writer
 * at a time holds the log's lock, so the names beside need not be unique among processes.
 */
export class LogFolder {
  readonly folder: string;
  #staged = 0;

  constructor(folder: string) {
    this.folder = folder;
  }

  /** null when there is no such file. */
  async read(file: string): Promise<Uint8Array | null> {
    try {
      return await readFile(path.join(this.folder, file));
    } catch (error) {
      if (isAbsent(error)) return null;
      throw error;
    }
  }

  /** The names in a folder; none when there is no such folder. */
  async list(folder: string): Promise<readonly string[]> {
    try {
      return await readdir(path.join(this.folder, folder));
    } catch (error) {
      if (isAbsent(error)) return [];
      throw error;
    }
  }

  /** All of them are on the disk when it returns, in no particular order before. */
  async write(files: readonly LogFile[]): Promise<void> {
    const staging = path.join(this.folder, stagingName);
    if (files.length > 0) await makeFolder(staging);
    const folders = new Set(files.map((file) => path.dirname(path.join(this.folder, file.path))));
    for (const folder of folders) await makeFolder(folder);
    await Promise.all(
      files.map(async (file) => {
        const temporary = path.join(staging, String(this.#staged++));
        const handle = await open(temporary, "w", 0o644);
        try {
          await handle.writeFile(file.bytes);
          await handle.sync();
        } finally {
          await handle.close();
        }
        await rename(temporary, path.join(this.folder, file.path));
      }),
    );
    await Promise.all([...folders].map(syncFolder));
  }

  /** Appends text to a file and syncs it; made when absent. */
  async append(file: string, text: string): Promise<void> {
    const target = path.join(this.folder, file);
    await makeFolder(path.dirname(target));
    const handle = await open(target, "a", 0o644);
    try {
      await handle.writeFile(text);
      await handle.sync();
    } finally {
      await handle.close();
    }
  }

  /** Removes a file or folder with all in it; nothing happens when it is absent. */
  async remove(file: string): Promise<void> {
    await rm(path.join(this.folder, file), { recursive: true, force: true });
  }

  /** Removes what writes that were killed left beside. For the log's one writer alone. */
  async removeStaged(): Promise<void> {
    await this.remove(stagingName);
  }
}

/** Other writers remove folders as well, so nothing is remembered between calls. */
async function makeFolder(folder: string): Promise<void> {
  const made = await mkdir(folder, { recursive: true });
  if (made === undefined) return;
  for (let parent = folder; parent !== path.dirname(made); parent = path.dirname(parent)) {
    await syncFolder(path.dirname(parent));
  }
}

/** Makes names made, renamed or removed in a folder last. */
export async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
