import { mkdir, open, readFile, readdir, readlink, rename, rm, symlink } from "node:fs/promises";
import { basename, join } from "node:path";
import { isJsonObject } from "@cordon/model";
import { LakeError } from "../errors.ts";

/*
 * HOME/lake:
 *   versions/<n>/{accounts.parquet, installations.parquet, directory.json}   written once, never changed
 *   versions/<n>/columns/    what cohorts are counted by (see columns/counting-columns.ts)
 *   versions/<n>/cohorts/    the bits of cohorts that were asked for
 *   current            → versions/<n>: the one pointer; replacing it is the commit
 *   accounts.parquet, installations.parquet, directory.json → current/…: for other tools
 *   import.lock        a DuckDB database without content; who holds it open may import
 *   next/              what an import is writing
 *
 * INVARIANT: `current` names a version whose three files are whole and agree.
 */
const directoryFiles = ["accounts.parquet", "installations.parquet", "directory.json"] as const;

/** What HOME/lake/directory.json says. */
export interface DirectoryState {
  /** The number of the import, from 1. It is the folder's name, and does not stand in the file. */
  readonly version: number;
  /** When the accounts were taken from the service. */
  readonly asOf: string;
  /** All rows; ordinals are 0 … accounts − 1. */
  readonly accounts: number;
  /** Of these: no longer in the newest export. */
  readonly left: number;
  readonly installations: number;
  /** Null: none have been imported. */
  readonly installationsAsOf: string | null;
  /** SHA-256 (hex) of the files as they were imported. */
  readonly inputs: { readonly accounts: string; readonly installations: string | null };
}

/** The folder of the version in force; null before the first import. */
export async function currentVersion(lakeFolder: string): Promise<string | null> {
  const target = await readLinkIfThere(join(lakeFolder, "current"));
  return target === null ? null : join(lakeFolder, target);
}

export async function readState(versionFolder: string): Promise<DirectoryState> {
  const file = join(versionFolder, "directory.json");
  const value: unknown = JSON.parse(await readFile(file, "utf8"));
  if (!isStoredState(value))
    throw new LakeError("ERR_LAKE_FILE", `${file}: not a directory's state, expected it as imported`);
  return { ...value, version: Number(basename(versionFolder)) };
}

/** What directory.json holds. */
export type StoredState = Omit<DirectoryState, "version">;

function isStoredState(value: unknown): value is StoredState {
  return (
    isJsonObject(value) &&
    typeof value["asOf"] === "string" &&
    typeof value["accounts"] === "number" &&
    typeof value["left"] === "number" &&
    typeof value["installations"] === "number" &&
    isJsonObject(value["inputs"])
  );
}

/** An empty folder for the files of the next version. The caller holds the import lock. */
export async function nextFolder(lakeFolder: string): Promise<string> {
  const folder = join(lakeFolder, "next");
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  return folder;
}

/**
 * Puts `next/` in force. A kill at any moment leaves the old version or the new one. The version before stays for those who
 * are reading it; older ones, and what a killed import left, are removed. The caller holds the import lock. Answers the
 * version's number.
 */
export async function commitNext(lakeFolder: string): Promise<number> {
  const before = await readLinkIfThere(join(lakeFolder, "current"));
  const number = before === null ? 1 : Number(/\d+$/.exec(before)?.[0] ?? 0) + 1;
  const target = `versions/${number}`;
  const next = join(lakeFolder, "next");
  for (const file of directoryFiles) await sync(join(next, file));
  await sync(next);
  const versions = join(lakeFolder, "versions");
  await mkdir(versions, { recursive: true });
  // A version of this number is there when an import was killed between the two renames: it was never in force.
  await rm(join(versions, String(number)), { recursive: true, force: true });
  await rename(next, join(lakeFolder, target));
  await sync(versions);
  for (const file of directoryFiles) await link(lakeFolder, `current/${file}`, file);
  await link(lakeFolder, target, "current");
  await sync(lakeFolder);
  for (const version of await readdir(versions)) {
    const kept = [target, before].includes(`versions/${version}`);
    if (!kept) await rm(join(versions, version), { recursive: true, force: true });
  }
  return number;
}

async function link(lakeFolder: string, target: string, name: string): Promise<void> {
  const path = join(lakeFolder, name);
  if ((await readLinkIfThere(path)) === target) return;
  const aside = `${path}.next`;
  await rm(aside, { force: true });
  await symlink(target, aside);
  await rename(aside, path);
}

async function readLinkIfThere(path: string): Promise<string | null> {
  try {
    return await readlink(path);
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : null;
    if (code === "ENOENT" || code === "ENOTDIR") return null;
    if (code !== "EINVAL") throw error;
    throw new LakeError("ERR_LAKE_FILE", `${path}: no symbolic link, expected the one that an import made`, {
      hint: "copy a HOME with its links (cp -a)",
    });
  }
}

async function sync(path: string): Promise<void> {
  const file = await open(path, "r");
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}
