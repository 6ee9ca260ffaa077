import type { DuckDBConnection } from "@duckdb/node-api";
import { formatInstant } from "@cordon/model";
import { mkdir, readdir, rm, rmdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { LakeError } from "../errors.ts";
import { bytesNeeded, checkRoom, freeBytesOf } from "./disk-space.ts";
import { defaultEngineLimits } from "./engine-limits.ts";
import type { EngineLimits } from "./engine-limits.ts";
import { Engine, sqlText } from "./engine.ts";
import { fileSha256, unreadable } from "./file-blocks.ts";
import { takeImportLock } from "./import-lock.ts";
import { commitNext, currentVersion, nextFolder, readState } from "./lake-folder.ts";
import type { DirectoryState } from "./lake-folder.ts";
import { mergeAccounts } from "./merge-accounts.ts";
import { openTable } from "./open-table.ts";
import { takeInstallations } from "./take-installations.ts";
import type { InstallationsSource } from "./take-installations.ts";
import { accountsFormat, installationsFormat } from "./table-format.ts";
import { wrongInput } from "./wrong-input.ts";

export interface DirectoryImport {
  /** HOME/lake; made when it is not there. */
  readonly lakeFolder: string;
  /** CSV, JSONL or Parquet by extension. `account_id`, `created_at`, `market` and `locale` must be there. */
  readonly accountsFile: string;
  /** All columns must be there. Null: the installations of the last import stay. */
  readonly installationsFile: string | null;
  /** When the files were taken from the service. Never before the last import's. */
  readonly asOfMs: number;
  readonly limits?: EngineLimits;
  /** How many bytes are free where a folder lies; the system's answer by default. */
  readonly freeBytes?: (folder: string) => Promise<number>;
}

const accountsRequired = ["account_id", "created_at", "market", "locale"];
const installationsRequired = ["account_id", "platform", "store", "version", "last_seen", "has_offline"];

/** Rows of one unit that can be skipped when contacts are read by ordinal. */
const rowGroupRows = 131_072;

/**
 * Takes a new export of the directory in. Known accounts keep their ordinals, new ones get the next in the file's order,
 * those that are no longer there keep ordinal and row and get `left_at`. Ends with all of it at rest, or with nothing
 * changed. Throws LakeError: ERR_LAKE_INPUT, ERR_LAKE_FILE, ERR_LAKE_AS_OF, ERR_LAKE_BUSY, ERR_LAKE_DISK_FULL, ERR_LAKE_MEMORY.
 */
export async function importDirectory(options: DirectoryImport): Promise<DirectoryState> {
  const { lakeFolder, accountsFile, installationsFile, limits = defaultEngineLimits } = options;
  const files = installationsFile === null ? [accountsFile] : [accountsFile, installationsFile];
  let needed: number;
  try {
    needed = await bytesNeeded(files, limits.memoryBytesMax);
  } catch (error) {
    const missing = error instanceof Error && "path" in error ? String(error.path) : accountsFile;
    throw unreadable(missing, error);
  }
  // The directory is personal data: nobody else may look in.
  const made = await mkdir(lakeFolder, { recursive: true, mode: 0o700 });
  const lock = await takeImportLock(lakeFolder);
  try {
    const next = await nextFolder(lakeFolder);
    try {
      checkRoom(lakeFolder, { needed, free: await (options.freeBytes ?? freeBytesOf)(lakeFolder) });
      const state = await writeNext(options, next);
      await commitNext(lakeFolder);
      return state;
    } finally {
      await rm(next, { recursive: true, force: true });
    }
  } catch (error) {
    // Wrong input writes nothing, not even an empty folder.
    if (made !== undefined) await removeMade(lakeFolder, { made, lockFile: lock.file });
    throw diskFull(error) ?? error;
  } finally {
    lock.release();
  }
}

async function writeNext(options: DirectoryImport, next: string): Promise<DirectoryState> {
  const { lakeFolder, accountsFile, installationsFile, asOfMs } = options;
  const asOf = formatInstant(asOfMs);
  const version = await currentVersion(lakeFolder);
  const before = version === null ? null : { folder: version, state: await readState(version) };
  if (before !== null && Date.parse(before.state.asOf) > asOfMs) {
    throw new LakeError(
      "ERR_LAKE_AS_OF",
      `the directory is as of ${before.state.asOf}, expected an as-of not before it, not ${asOf}`,
    );
  }
  const spillFolder = join(next, "spill");
  const engine = await Engine.open({ ...(options.limits ?? defaultEngineLimits), spillFolder });
  try {
    return await engine.with(async (connection) => {
      const given = await openTable({
        connection,
        file: accountsFile,
        format: accountsFormat,
        required: accountsRequired,
        relation: "given",
      });
      if (given.records === 0) throw wrongInput(accountsFile, null, "no accounts", "at least one");
      const merged = await mergeAccounts(connection, {
        file: accountsFile,
        hasOrdinals: given.columns.has("ordinal"),
        before: before === null ? null : join(before.folder, "accounts.parquet"),
        leftAtUs: BigInt(asOfMs) * 1000n,
      });
      await copyOut(connection, "accounts_out", join(next, "accounts.parquet"));
      await given.drop();
      const installations = await readInstallations(connection, {
        file: installationsFile,
        before: before === null ? null : join(before.folder, "installations.parquet"),
      });
      await copyOut(connection, "installations_out", join(next, "installations.parquet"));
      const state: DirectoryState = {
        asOf,
        ...merged,
        installations,
        installationsAsOf: installationsFile === null ? (before?.state.installationsAsOf ?? null) : asOf,
        inputs: {
          accounts: await fileSha256(accountsFile),
          installations:
            installationsFile === null
              ? (before?.state.inputs.installations ?? null)
              : await fileSha256(installationsFile),
        },
      };
      await writeFile(join(next, "directory.json"), `${JSON.stringify(state, null, 2)}\n`);
      return state;
    });
  } finally {
    engine.close();
    await rm(spillFolder, { recursive: true, force: true });
  }
}

async function readInstallations(connection: DuckDBConnection, source: InstallationsSource): Promise<number> {
  if (source.file === null) return takeInstallations(connection, source);
  const given = await openTable({
    connection,
    file: source.file,
    format: installationsFormat,
    required: installationsRequired,
    relation: "given_installations",
  });
  const installations = await takeInstallations(connection, source);
  await given.drop();
  return installations;
}

/** Removes what is empty of the folders that this import made. */
async function removeMade(
  lakeFolder: string,
  { made, lockFile }: { readonly made: string; readonly lockFile: string },
): Promise<void> {
  if ((await readdir(lakeFolder)).length > 1) return;
  await rm(lockFile, { force: true });
  for (let folder = lakeFolder; ; folder = dirname(folder)) {
    // Somebody else may have put something there by now: then it stays.
    const removed = await rmdir(folder).then(
      () => true,
      () => false,
    );
    if (!removed || folder === made) return;
  }
}

/** Writes a relation as Parquet, ordered by ordinal. */
async function copyOut(connection: DuckDBConnection, relation: string, file: string): Promise<void> {
  await connection.run(
    `COPY (SELECT * FROM ${relation} ORDER BY ordinal) TO ${sqlText(file)}
     (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE ${rowGroupRows})`,
  );
}

function diskFull(error: unknown): LakeError | null {
  if (!(error instanceof Error) || !("code" in error)) return null;
  if (error.code !== "ENOSPC" && error.code !== "EDQUOT") return null;
  return new LakeError("ERR_LAKE_DISK_FULL", "the disk is full, nothing was imported", { cause: error });
}
