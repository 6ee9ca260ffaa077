import { stat, statfs } from "node:fs/promises";
import { LakeError } from "../errors.ts";

/** Free bytes of the disk that holds a folder, for this process. */
export async function freeBytesOf(folder: string): Promise<number> {
  const disk = await statfs(folder);
  return disk.bavail * disk.bsize;
}

/** How many bytes a file's rows take while they are sorted, for each of its own. */
const rowsFactor = { text: 3, packed: 10 };
const headroomBytes = 16 * 1024 * 1024;

/** What an import of these files may take: the new version and, on its way, the rows that do not fit into memory. */
export async function bytesNeeded(files: readonly string[], memoryBytesMax: number): Promise<number> {
  let versionBytes = 0;
  let rowsBytes = 0;
  for (const file of files) {
    const { size } = await stat(file);
    versionBytes += size;
    rowsBytes += size * (/\.(parquet|gz|zst)$/.test(file) ? rowsFactor.packed : rowsFactor.text);
  }
  return headroomBytes + versionBytes + Math.max(0, rowsBytes - memoryBytesMax);
}

/** Throws LakeError ERR_LAKE_DISK_FULL. */
export function checkRoom(
  folder: string,
  { needed, free }: { readonly needed: number; readonly free: number },
): void {
  if (free >= needed) return;
  const mebibytes = (bytes: number): string => `${Math.ceil(bytes / (1024 * 1024))} MiB`;
  throw new LakeError(
    "ERR_LAKE_DISK_FULL",
    `no room in \`${folder}\`: ${mebibytes(free)} are free, expected ${mebibytes(needed)}; nothing was imported`,
  );
}
