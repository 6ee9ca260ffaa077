import { gzipSync, zstdCompressSync } from "node:zlib";

import type { HiddenFile } from "./hidden-incident-logs.ts";
import { SeededRandom } from "./seeded-random.ts";

/** The bytes of each file by name, packed as its name says. */
export function packFiles(files: readonly HiddenFile[]): Readonly<Record<string, Uint8Array>> {
  return Object.fromEntries(files.map((file) => [file.name, packed(file.name, Buffer.from(textOf(file)))]));
}

/** Each file's text after decompression, by name. */
export function readFiles(files: readonly HiddenFile[]): ReadonlyMap<string, string> {
  return new Map(files.map((file) => [file.name, textOf(file)]));
}

function textOf({ head, lines }: HiddenFile): string {
  return [...head, ...lines, ""].join("\n");
}

function packed(name: string, bytes: Buffer): Uint8Array {
  if (name.endsWith(".gz")) return gzipSync(bytes, { level: 1 });
  return name.endsWith(".zst") ? zstdCompressSync(bytes) : bytes;
}

/**
 * The same lines of each source in other files: shuffled, split, renamed, packed in another way. Files with lines at their head are not split,
 * because each part would need those lines again; documents stay as they are.
 */
export function repackFiles(files: readonly HiddenFile[], seed: number): readonly HiddenFile[] {
  const random = new SeededRandom(seed);
  let count = 0;
  return random.shuffle(files).flatMap((file) => {
    const source = file.name.slice(0, file.name.indexOf("/"));
    const lines = file.loose ? random.shuffle(file.lines) : file.lines;
    const cut = file.loose && file.head.length === 0 ? random.whole(0, lines.length) : lines.length;
    return [lines.slice(0, cut), lines.slice(cut)]
      .filter((part, index) => index === 0 || part.length > 0)
      .map((part) => {
        count += 1;
        const folder = random.pick(["", "x/", "x/y/"]);
        return {
          ...file,
          name: `${source}/${folder}${count}${random.pick(["", ".gz", ".zst", ".json"])}`,
          lines: part,
        };
      });
  });
}
