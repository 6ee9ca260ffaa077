import { readdir, realpath, stat } from "node:fs/promises";
import path from "node:path";

import { compareCodePoints } from "@cordon/model";

import { LakeError } from "../errors.ts";

/** One file of a source's evidence. `name` is relative to the evidence folder, with `/` between its parts. */
export interface EvidenceFile {
  readonly name: string;
  readonly file: string;
  readonly bytes: number;
  /** False for a pipe, which can be read only once. */
  readonly isFile: boolean;
}

export interface EvidenceFiles {
  /** By source, each source's files by name. */
  readonly bySource: ReadonlyMap<string, readonly EvidenceFile[]>;
  /** Files that lie beside the sources' folders and belong to none. */
  readonly notRead: readonly string[];
}

/**
 * Finds the evidence: one folder for each source, with all its subfolders. Throws LakeError ERR_LAKE_FILE for a folder
 * that belongs to no source, a source without folder, a hidden file and whatever is no file.
 */
export async function listEvidence(folder: string, sources: readonly string[]): Promise<EvidenceFiles> {
  const entries = await list(folder, "a folder with one folder for each source");
  const notRead: string[] = [];
  for (const name of entries) {
    if (sources.includes(name)) continue;
    if ((await stat(path.join(folder, name))).isDirectory()) {
      const known = sources.map((source) => `\`${source}\``).join(", ");
      throw wrongFile(
        path.join(folder, name),
        "the folder belongs to no source",
        `only the folders of ${known}`,
      );
    }
    notRead.push(path.join(folder, name));
  }
  const bySource = new Map<string, readonly EvidenceFile[]>();
  for (const source of sources) {
    const sourceFolder = path.join(folder, source);
    if (!entries.includes(source)) {
      throw wrongFile(sourceFolder, "no such folder", `the evidence of source \`${source}\``);
    }
    const files: EvidenceFile[] = [];
    for await (const file of walk(sourceFolder, source, [])) files.push(file);
    bySource.set(source, files);
  }
  return { bySource, notRead };
}

async function* walk(folder: string, name: string, above: readonly string[]): AsyncGenerator<EvidenceFile> {
  const real = await realpath(folder);
  if (above.includes(real)) throw wrongFile(folder, "the folders go round in a circle", "a tree of folders");
  for (const child of await list(folder, "a folder of log files")) {
    const file = path.join(folder, child);
    const childName = `${name}/${child}`;
    const found = await stat(file);
    if (child.startsWith("."))
      throw wrongFile(file, "it is hidden", "only logs (move it out of the evidence)");
    if (found.isDirectory()) yield* walk(file, childName, [...above, real]);
    else if (found.isFile() || found.isFIFO())
      yield { name: childName, file, bytes: found.size, isFile: found.isFile() };
    else throw wrongFile(file, "it is no file", "only files and folders");
  }
}

async function list(folder: string, expected: string): Promise<readonly string[]> {
  try {
    return (await readdir(folder)).sort(compareCodePoints);
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : null;
    if (code === "ENOENT") throw wrongFile(folder, "no such folder", expected, error);
    if (code === "ENOTDIR") throw wrongFile(folder, "it is no folder", expected, error);
    throw error;
  }
}

function wrongFile(file: string, what: string, expected: string, cause?: unknown): LakeError {
  return new LakeError(
    "ERR_LAKE_FILE",
    `${file}: ${what}, expected ${expected}`,
    cause === undefined ? {} : { cause },
  );
}
