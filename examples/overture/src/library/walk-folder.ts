import { readdirSync, statSync } from "node:fs";
import { extname, join } from "node:path";

import { contentTypes } from "./audio-files.ts";

const depthMax = 16;
const filesMax = 500_000;

export interface FoundFile {
  /** Below the folder, with `/`. */
  readonly path: string;
  readonly sizeBytes: number;
  readonly changedAtMs: number;
}

export interface FoundFolder {
  readonly path: string;
  /** Names of the pictures in it. */
  readonly pictures: readonly string[];
  readonly audio: readonly FoundFile[];
}

const pictureNames = /^(?:cover|folder|front|album)\.(?:jpe?g|png|webp)$/i;

/**
 * The folders below `root` that hold audio, one by one. Symbolic links are not followed, hidden files and those deeper than 16
 * folders not seen, so that a scan never leaves its folder and always ends. Throws when `root` itself can't be read.
 */
export function* walkFolder(root: string): Generator<FoundFolder> {
  const waiting: { readonly path: string; readonly depth: number }[] = [{ path: "", depth: 0 }];
  let files = 0;
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const { path, depth } = next;
    const folder = join(root, path);
    const audio: FoundFile[] = [];
    const pictures: string[] = [];
    for (const entry of entriesOf(folder, depth === 0)) {
      if (entry.name.startsWith(".")) continue;
      const below = path === "" ? entry.name : `${path}/${entry.name}`;
      // A link is neither a directory nor a file here: `withFileTypes` does not follow it.
      if (entry.isDirectory() && depth < depthMax) waiting.push({ path: below, depth: depth + 1 });
      if (!entry.isFile()) continue;
      if (pictureNames.test(entry.name)) pictures.push(entry.name);
      if (!contentTypes.has(extname(entry.name).toLowerCase()) || files >= filesMax) continue;
      const { size, mtimeMs } = statSync(join(folder, entry.name));
      files += 1;
      audio.push({ path: below, sizeBytes: size, changedAtMs: Math.floor(mtimeMs) });
    }
    if (audio.length > 0) yield { path, pictures, audio };
  }
}

function entriesOf(folder: string, isRoot: boolean) {
  try {
    return readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? 1 : -1));
  } catch (error) {
    // A folder that went away during the scan, or that the service may not enter, holds nothing for it.
    if (isRoot) throw error;
    return [];
  }
}
