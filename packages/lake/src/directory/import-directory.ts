import type { DuckDBConnection } from "@duckdb/node-api";
import { formatInstant } from "@cordon/model";
import { link, mkdir, readdir, rm, rmdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { LakeError } from "../errors.ts";
import { CountingColumns } from "./columns/counting-columns.ts";
import { writeColumns } from "./columns/write-columns.ts";
import { bytesNeeded, checkRoom, freeBytesOf } from "./disk-space.ts";
import { importLimits } from "./engine-limits.ts";
import type { EngineLimits } from "./engine-limits.ts";
import { Engine, sqlPath, sqlText } from "./engine.ts";
import { fileSha256, unreadable } from "./file-blocks.ts";
import { takeImportLock } from "./import-lock.ts";
import { commitNext, currentVersion, nextFolder, readState } from "./lake-folder.ts";
import type { DirectoryState, StoredState } from "./lake-folder.ts";
import { mergeAccounts } from "./merge-accounts.ts";
import { openTable } from "./open-table.ts";
import { requirePostgresUrl } from "./postgres/postgres-source.ts";
import type { PostgresSource } from "./postgres/postgres-source.ts";
import { readPostgres } from "./postgres/read-postgres.ts";
import type { ParquetPart } from "./raw-table.ts";
import { takeInstallations } from "./take-installations.ts";
import {
  accountsFormat,
  accountsRequired,
  installationsFormat,
  installationsRequired,
} from "./table-format.ts";
import { wrongInput } from "./wrong-input.ts";

/** Rows of one unit that can be skipped when contacts are read by ordinal. */
const rowGroupRows = 131_072;

interface ImportInto {
  /** HOME/lake; made when it is not there. */
  readonly lakeFolder: string;
  readonly limits?: EngineLimits;
  /** How many bytes are free where a folder lies; the system's answer by default. */
  readonly freeBytes?: (folder: string) => Promise<number>;
  readonly onProgress?: (progress: DirectoryProgress) => void;
}

export interface DirectoryImport extends ImportInto {
  /** CSV, JSONL or Parquet by extension. `account_id`, `created_at`, `market` and `locale` must be there. */
  readonly accountsFile: string;
  /** All columns must be there. Null: the installations of the last import stay. */
  readonly installationsFile: string | null;
  /** When the files were taken from the service. Never before the last import's. */
  readonly asOfMs: number;
}

export interface PostgresImport extends ImportInto {
  readonly postgres: PostgresSource;
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
}

/** What an import is at. */
export interface DirectoryProgress {
  readonly step: "accounts" | "installations" | "joining" | "writing" | "columns";
  /** Read of the source by this step; null where that is not known. */
  readonly bytes: number | null;
}

/** A table that is to be imported. */
interface Input {
  /** A file's path, or what messages call the table. */
  readonly file: string;
  readonly parts?: readonly ParquetPart[];
  /** SHA-256, hex. */
  readonly sha256: string;
}

interface Inputs {
  readonly accounts: Input;
  /** Null: those of the last import stay. */
  readonly installations: Input | null;
  readonly asOfMs: number;
}

/**
 * Takes a new export of the directory in. Known accounts keep their ordinals, new ones get the next in the file's order,
 * those that are no longer there keep ordinal and row and get `left_at`. A table that is as it was imported before is not
 * written again. Ends with all of it at rest, or with nothing changed. Throws LakeError: ERR_LAKE_INPUT, ERR_LAKE_FILE,
 * ERR_LAKE_AS_OF, ERR_LAKE_BUSY, ERR_LAKE_DISK_FULL, ERR_LAKE_MEMORY.
 */
export async function importDirectory(options: DirectoryImport): Promise<DirectoryState> {
  const { accountsFile, installationsFile, limits = importLimits, asOfMs } = options;
  const files = installationsFile === null ? [accountsFile] : [accountsFile, installationsFile];
  let needed: number;
  try {
    needed = await bytesNeeded(files, limits.memoryBytesMax);
  } catch (error) {
    const missing = error instanceof Error && "path" in error ? String(error.path) : accountsFile;
    throw unreadable(missing, error);
  }
  return importInputs(options, needed, async () => ({
    accounts: { file: accountsFile, sha256: await fileSha256(accountsFile) },
    installations:
      installationsFile === null
        ? null
        : { file: installationsFile, sha256: await fileSha256(installationsFile) },
    asOfMs,
  }));
}

/**
 * Takes the directory from a PostgreSQL by COPY, accounts and installations as one snapshot; it is as of the instant before
 * the snapshot was taken. Throws as `importDirectory` does, and LakeError ERR_LAKE_ADDRESS, ERR_LAKE_DATABASE.
 */
export async function importDirectoryFromPostgres(options: PostgresImport): Promise<DirectoryState> {
  const { postgres, clock, onProgress = () => undefined } = options;
  requirePostgresUrl(postgres.url);
  return importInputs(options, 0, async (connection, next) => {
    const folder = join(next, "copied");
    await mkdir(folder);
    const read = { accounts: 0, installations: 0 };
    const onBytes = (step: "accounts" | "installations", bytes: number): void => {
      read[step] += bytes;
      onProgress({ step, bytes: read[step] });
    };
    const copied = await readPostgres({ source: postgres, connection, folder, clock, onBytes });
    return {
      accounts: { file: "PostgreSQL, accounts", ...copied.accounts },
      installations:
        copied.installations === null ? null : { file: "PostgreSQL, installations", ...copied.installations },
      asOfMs: copied.asOfMs,
    };
  });
}

/** `take` may put files into the folder of the next version; they are gone before it is in force. */
async function importInputs(
  options: ImportInto,
  needed: number,
  take: (connection: DuckDBConnection, next: string) => Promise<Inputs>,
): Promise<DirectoryState> {
  const { lakeFolder, limits = importLimits } = options;
  // The directory is personal data: nobody else may look in.
  const made = await mkdir(lakeFolder, { recursive: true, mode: 0o700 });
  const lock = await takeImportLock(lakeFolder);
  try {
    const next = await nextFolder(lakeFolder);
    const spillFolder = join(next, "spill");
    const engine = await Engine.open({ ...limits, spillFolder });
    try {
      checkRoom(lakeFolder, { needed, free: await (options.freeBytes ?? freeBytesOf)(lakeFolder) });
      const state = await engine.with(async (connection) =>
        writeNext(connection, { ...options, next, inputs: await take(connection, next) }),
      );
      engine.close();
      await rm(spillFolder, { recursive: true, force: true });
      await rm(join(next, "copied"), { recursive: true, force: true });
      return { ...state, version: await commitNext(lakeFolder) };
    } finally {
      engine.close();
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

interface NextVersion extends ImportInto {
  readonly next: string;
  readonly inputs: Inputs;
}

interface VersionBefore {
  readonly folder: string;
  readonly state: DirectoryState;
}

async function writeNext(connection: DuckDBConnection, version: NextVersion): Promise<StoredState> {
  const { lakeFolder, next, inputs, onProgress = () => undefined } = version;
  const asOf = formatInstant(inputs.asOfMs);
  const current = await currentVersion(lakeFolder);
  const before = current === null ? null : { folder: current, state: await readState(current) };
  if (before !== null && Date.parse(before.state.asOf) > inputs.asOfMs) {
    throw new LakeError(
      "ERR_LAKE_AS_OF",
      `the directory is as of ${before.state.asOf}, expected an as-of not before it, not ${asOf}`,
    );
  }
  // Imported once more, the same table changes nothing: ordinals, and who has left when, are settled.
  const known = before?.state.inputs;
  const accountsStay = known?.accounts === inputs.accounts.sha256;
  const installationsStay =
    before !== null &&
    (inputs.installations === null || known?.installations === inputs.installations.sha256);
  const accounts =
    accountsStay && before !== null
      ? await keepAccounts(connection, before, next)
      : await writeAccounts(connection, version, before);
  const installations = installationsStay
    ? await keepInstallations(before, next)
    : await writeInstallations(connection, version);
  onProgress({ step: "columns", bytes: null });
  if (!accountsStay || !installationsStay || !(await keepColumns(before, next)))
    await writeColumns(connection, { folder: next, accounts: accounts.accounts });
  const state: StoredState = {
    asOf,
    ...accounts,
    installations,
    installationsAsOf: inputs.installations === null ? (before?.state.installationsAsOf ?? null) : asOf,
    inputs: {
      accounts: inputs.accounts.sha256,
      installations: inputs.installations?.sha256 ?? known?.installations ?? null,
    },
  };
  await writeFile(join(next, "directory.json"), `${JSON.stringify(state, null, 2)}\n`);
  return state;
}

type AccountCounts = Pick<DirectoryState, "accounts" | "left">;

async function writeAccounts(
  connection: DuckDBConnection,
  { next, inputs, onProgress = () => undefined }: NextVersion,
  before: VersionBefore | null,
): Promise<AccountCounts> {
  const { file, parts } = inputs.accounts;
  const given = await openTable({
    connection,
    file,
    ...(parts === undefined ? {} : { parts }),
    format: accountsFormat,
    required: accountsRequired,
    relation: "given",
    onBytes: (bytes) => {
      onProgress({ step: "accounts", bytes });
    },
  });
  if (given.records === 0) throw wrongInput(file, null, "no accounts", "at least one");
  onProgress({ step: "joining", bytes: null });
  const merged = await mergeAccounts(connection, {
    file,
    hasOrdinals: given.columns.has("ordinal"),
    before: before === null ? null : join(before.folder, "accounts.parquet"),
    leftAtUs: BigInt(inputs.asOfMs) * 1000n,
  });
  onProgress({ step: "writing", bytes: null });
  await copyOut(connection, "accounts_out", join(next, "accounts.parquet"));
  await given.drop();
  return merged;
}

async function keepAccounts(
  connection: DuckDBConnection,
  { folder, state }: VersionBefore,
  next: string,
): Promise<AccountCounts> {
  const file = join(folder, "accounts.parquet");
  await link(file, join(next, "accounts.parquet"));
  await connection.run(
    `CREATE VIEW numbered AS SELECT account_id, ordinal FROM read_parquet(${sqlPath(file)})`,
  );
  return { accounts: state.accounts, left: state.left };
}

async function writeInstallations(
  connection: DuckDBConnection,
  { next, inputs, onProgress = () => undefined }: NextVersion,
): Promise<number> {
  const to = join(next, "installations.parquet");
  if (inputs.installations === null) {
    const none = await takeInstallations(connection, null);
    await copyOut(connection, "installations_out", to);
    return none;
  }
  const { file, parts } = inputs.installations;
  const given = await openTable({
    connection,
    file,
    ...(parts === undefined ? {} : { parts }),
    format: installationsFormat,
    required: installationsRequired,
    relation: "given_installations",
    onBytes: (bytes) => {
      onProgress({ step: "installations", bytes });
    },
  });
  onProgress({ step: "joining", bytes: null });
  const installations = await takeInstallations(connection, file);
  await given.drop();
  onProgress({ step: "writing", bytes: null });
  await copyOut(connection, "installations_out", to);
  return installations;
}

async function keepInstallations({ folder, state }: VersionBefore, next: string): Promise<number> {
  await link(join(folder, "installations.parquet"), join(next, "installations.parquet"));
  return state.installations;
}

/** False where the version before has none that are whole. */
async function keepColumns(before: VersionBefore | null, next: string): Promise<boolean> {
  if (before === null || (await CountingColumns.open(before.folder)) === null) return false;
  await mkdir(join(next, "columns"));
  for (const name of await readdir(join(before.folder, "columns")))
    await link(join(before.folder, "columns", name), join(next, "columns", name));
  return true;
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
