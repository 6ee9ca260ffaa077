import { DuckDBInstance } from "@duckdb/node-api";
import { join } from "node:path";
import { LakeError } from "../errors.ts";

const held = new Set<string>();

interface ImportLock {
  /** May be removed only while the lock is held: whoever opened it before finds it held. */
  readonly file: string;
  release(): void;
}

/**
 * One import at a time for each folder: DuckDB locks a database file for its process, and the system lets go of it
 * when the process ends, however it ends. Throws LakeError ERR_LAKE_BUSY.
 */
export async function takeImportLock(lakeFolder: string): Promise<ImportLock> {
  const file = join(lakeFolder, "import.lock");
  // The system's lock is the process's, so it does not keep two imports of one process apart.
  if (held.has(file)) throw busy(lakeFolder, null);
  held.add(file);
  try {
    const instance = await DuckDBInstance.create(file, { threads: "1", memory_limit: "16MiB" });
    return {
      file,
      release: () => {
        instance.closeSync();
        held.delete(file);
      },
    };
  } catch (error) {
    held.delete(file);
    throw error instanceof Error && error.message.includes("Could not set lock")
      ? busy(lakeFolder, error)
      : error;
  }
}

function busy(lakeFolder: string, cause: unknown): LakeError {
  return new LakeError("ERR_LAKE_BUSY", `another import into \`${lakeFolder}\` is running`, {
    hint: "try again when it has ended",
    cause,
  });
}
