import { createHash, randomUUID } from "node:crypto";
import { mkdir, open, readFile, readdir, rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { canonicalJson, compareCodePoints } from "@cordon/model";
import type { Cohort } from "./cohort.ts";
import type { DirectoryState } from "./lake-folder.ts";

/** The most cohorts that are kept of one version; the oldest go first. */
const keptMax = 64;

/** A cohort's bits as they are kept. */
interface KeptBits {
  readonly bitmap: Uint8Array;
  readonly outside: number;
}

/** SHA-256 (hex) of what a cohort says, whom it leaves out, and the directory that it was evaluated on. */
export function cohortDigest(cohort: Cohort, except: readonly string[], state: DirectoryState): string {
  const { version, asOf, accounts, inputs } = state;
  const definition = { cohort: orderless(cohort), except: setOf(except) };
  const text = canonicalJson({ definition, directory: { version, asOf, accounts, inputs } });
  return createHash("sha256").update(text).digest("hex");
}

/** Lists are sets: their order and repetitions say nothing. */
function orderless(cohort: Cohort): Cohort {
  if ("accounts" in cohort) return { accounts: setOf(cohort.accounts) };
  if ("union" in cohort) return { union: cohort.union.map(orderless) };
  if ("intersect" in cohort) return { intersect: cohort.intersect.map(orderless) };
  if ("minus" in cohort) return { minus: [orderless(cohort.minus[0]), orderless(cohort.minus[1])] };
  return cohort;
}

function setOf(values: readonly string[]): readonly string[] {
  return [...new Set(values)].sort(compareCodePoints);
}

/*
 * versions/<n>/cohorts/<digest>: one line of JSON (members outside the directory), the bits, and their SHA-256. They go
 * when their version goes. A file that is cut or changed is no file.
 */

/** Null when they are not kept. */
export async function keptBits(
  versionFolder: string,
  digest: string,
  accounts: number,
): Promise<KeptBits | null> {
  const bytes = await readFile(join(versionFolder, "cohorts", digest)).catch(() => null);
  if (bytes === null) return null;
  const head = bytes.indexOf(10) + 1;
  const end = bytes.length - 32;
  const bitmap = bytes.subarray(head, end);
  if (bitmap.length !== Math.ceil(accounts / 8)) return null;
  const found = createHash("sha256").update(bytes.subarray(0, end)).digest();
  if (!found.equals(bytes.subarray(end))) return null;
  return { bitmap: new Uint8Array(bitmap), outside: Number(bytes.toString("latin1", 0, head)) };
}

/** Keeps them for the next question. A version that has gone meanwhile is left alone. */
export async function keepBits(
  versionFolder: string,
  digest: string,
  { bitmap, outside }: KeptBits,
): Promise<void> {
  const folder = join(versionFolder, "cohorts");
  const aside = join(folder, `${digest}.${randomUUID()}`);
  try {
    await mkdir(folder, { mode: 0o700 }).catch((error: unknown) => {
      if (codeOf(error) !== "EEXIST") throw error;
    });
    const head = Buffer.from(`${outside}\n`);
    const hash = createHash("sha256").update(head).update(bitmap).digest();
    const file = await open(aside, "wx", 0o600);
    try {
      await file.writeFile(head);
      await file.writeFile(bitmap);
      await file.writeFile(hash);
    } finally {
      await file.close();
    }
    await rename(aside, join(folder, digest));
    await dropOldest(folder);
  } catch (error) {
    await rm(aside, { force: true });
    // Another process has removed the version or filled the disk: the answer stands without being kept.
    if (!["ENOENT", "ENOSPC", "EDQUOT", "EROFS", "EACCES"].includes(codeOf(error))) throw error;
  }
}

async function dropOldest(folder: string): Promise<void> {
  const names = await readdir(folder);
  if (names.length <= keptMax) return;
  const aged = await Promise.all(
    names.map(async (name) => ({
      name,
      ms: (await stat(join(folder, name)).catch(() => null))?.mtimeMs ?? 0,
    })),
  );
  aged.sort((a, b) => a.ms - b.ms);
  for (const { name } of aged.slice(0, names.length - keptMax)) await rm(join(folder, name), { force: true });
}

function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : "";
}
