import type { Stats } from "node:fs";
import { readdir, realpath, stat } from "node:fs/promises";
import path from "node:path";

import { compareCodePoints } from "@cordon/model";

import { LakeError } from "../errors.ts";
import { sampleLimits } from "./sample-limits.ts";

/** One file of unknown logs. `name` is relative to the evidence folder, with `/` between its parts. */
export interface FoundFile {
  readonly name: string;
  readonly file: string;
  readonly bytes: number;
}

/** The files of one folder of unknown logs. */
export interface FoundSource {
  readonly name: string;
  readonly files: readonly FoundFile[];
  /** Sentences about what lies there and was not listed. */
  readonly problems: readonly string[];
}

interface FoundSources {
  readonly sources: readonly FoundSource[];
  /** Sentences about the folder as a whole. */
  readonly notes: readonly string[];
}

/**
 * One source for each subfolder, as `cordon scope --evidence` has it. A folder with files alone is one source under its own
 * name. Throws LakeError ERR_LAKE_FILE for a folder that is missing, can't be read or holds nothing.
 */
export async function listSources(folder: string): Promise<FoundSources> {
  const names = await list(folder);
  const folders: string[] = [];
  const loose: string[] = [];
  for (const name of names) {
    const found = await statOf(path.join(folder, name));
    if (found?.isDirectory() === true && !name.startsWith(".")) folders.push(name);
    else loose.push(name);
  }
  if (folders.length > 0) {
    const notes =
      loose.length === 0
        ? []
        : [`${loose.length} files beside the sources' folders were not looked at (${loose[0] ?? ""})`];
    const sources: FoundSource[] = [];
    for (const name of folders.slice(0, sampleLimits.sources)) {
      sources.push(await listSource(path.join(folder, name), name));
    }
    if (folders.length > sources.length)
      notes.push(`${folders.length - sources.length} folders more were not looked at`);
    return { sources, notes };
  }
  if (loose.length === 0) {
    throw new LakeError(
      "ERR_LAKE_FILE",
      `${folder}: nothing lies there, expected a folder for each source of logs`,
    );
  }
  const name = path.basename(path.resolve(folder)) || "logs";
  return {
    sources: [await listSource(folder, name)],
    notes: [
      `the logs lie in the folder itself, so they were taken as one source; \`cordon scope --evidence DIR\` reads them from DIR/${name}/`,
    ],
  };
}

async function listSource(folder: string, name: string): Promise<FoundSource> {
  const files: FoundFile[] = [];
  const problems = new Set<string>();
  const walk = async (at: string, atName: string, above: readonly string[]): Promise<void> => {
    const real = await realpath(at);
    if (above.includes(real) || above.length >= sampleLimits.folderDepth) {
      problems.add(`${atName}: the folders go round in a circle, or too deep`);
      return;
    }
    for (const child of await list(at)) {
      const file = path.join(at, child);
      const childName = `${atName}/${child}`;
      const found = await statOf(file);
      if (files.length >= sampleLimits.filesListed) {
        problems.add(`there are more than ${sampleLimits.filesListed} files: the others were not looked at`);
        return;
      }
      if (child.startsWith("."))
        problems.add(`${childName}: hidden, which \`cordon scope\` refuses: move it away`);
      else if (found?.isDirectory() === true) await walk(file, childName, [...above, real]);
      else if (found?.isFile() === true) files.push({ name: childName, file, bytes: found.size });
      else problems.add(`${childName}: no file, which \`cordon scope\` refuses: move it away`);
    }
  };
  try {
    await walk(folder, name, []);
  } catch (error) {
    if (!(error instanceof LakeError)) throw error;
    problems.add(error.message);
  }
  return { name, files, problems: [...problems] };
}

async function statOf(file: string): Promise<Stats | null> {
  try {
    return await stat(file);
  } catch {
    // A link to nothing, or no right to look.
    return null;
  }
}

async function list(folder: string): Promise<readonly string[]> {
  try {
    return (await readdir(folder)).sort(compareCodePoints);
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : null;
    const what =
      code === "ENOENT"
        ? "no such folder"
        : code === "ENOTDIR"
          ? "it is no folder"
          : code === "EACCES"
            ? "permission denied"
            : null;
    if (what === null) throw error;
    throw new LakeError("ERR_LAKE_FILE", `${folder}: ${what}, expected a folder of logs`, { cause: error });
  }
}
