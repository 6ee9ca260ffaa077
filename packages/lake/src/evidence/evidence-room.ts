import { checkRoom, freeBytesOf } from "../directory/disk-space.ts";
import type { EvidenceFiles } from "./evidence-files.ts";
import type { LakeManifest } from "./lake-manifest.ts";

/** Bytes that events and the hashes of their lines take in the lake for each byte of a plain and of a packed file. */
const lakeFactor = { plain: 0.5, packed: 4 };

/** Throws LakeError ERR_LAKE_DISK_FULL when the disk will surely not hold what is new. */
export async function checkRoomForEvidence(
  lakeFolder: string,
  files: EvidenceFiles,
  manifest: LakeManifest,
): Promise<void> {
  let needed = 0;
  for (const [source, found] of files.bySource) {
    const known = manifest.sources.find(({ name }) => name === source)?.files ?? [];
    for (const { name, bytes } of found) {
      const packed = /\.(gz|zst|parquet)$/.test(name);
      // What a file of this name held when it was read before need not come again.
      const before = packed
        ? known.some((file) => file.name === name)
          ? bytes
          : 0
        : Math.max(0, ...known.filter((file) => file.name === name).map((file) => file.contentBytes));
      needed += Math.max(0, bytes - before) * (packed ? lakeFactor.packed : lakeFactor.plain);
    }
  }
  checkRoom(lakeFolder, { needed: Math.ceil(needed), free: await freeBytesOf(lakeFolder) });
}
