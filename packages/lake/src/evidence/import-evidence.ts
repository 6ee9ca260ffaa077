import { mkdir } from "node:fs/promises";
import path from "node:path";

import type { DataMap } from "@cordon/evidence";

import { Engine, translateEngineError } from "../directory/engine.ts";
import { takeImportLock } from "../directory/import-lock.ts";
import { checkRoomForEvidence } from "./evidence-room.ts";
import { listEvidence } from "./evidence-files.ts";
import { defaultIntakeLimits, LakeImport, type ImportCounts, type IntakeLimits } from "./lake-import.ts";
import { emptyManifest, readManifest } from "./lake-manifest.ts";
import type { ReadingProgress } from "./reading-progress.ts";

export interface EvidenceImportRequest {
  readonly map: DataMap;
  /** Holds one folder for each source of the map. */
  readonly evidenceFolder: string;
  /** Made when it is missing. */
  readonly lakeFolder: string;
  readonly limits?: Partial<IntakeLimits>;
  readonly onProgress?: (progress: ReadingProgress) => void;
}

export interface EvidenceImport extends ImportCounts {
  /** Files that lie in the evidence folder beside the sources' folders and were not read. */
  readonly notRead: readonly string[];
}

/**
 * Brings evidence into a lake: what is new of it. What an import that was killed had finished stays, the next one goes on
 * from there. Throws LakeError: ERR_LAKE_FILE and ERR_LAKE_INPUT for the evidence, ERR_LAKE_BUSY, ERR_LAKE_DISK_FULL,
 * ERR_LAKE_MEMORY, and ERR_LAKE_READING when the lake was made with a map that reads the lines otherwise.
 */
export async function importEvidence(request: EvidenceImportRequest): Promise<EvidenceImport> {
  const { map, evidenceFolder, lakeFolder } = request;
  const files = await listEvidence(
    evidenceFolder,
    map.sources.map((source) => source.name),
  );
  await mkdir(lakeFolder, { recursive: true, mode: 0o700 });
  const lock = await takeImportLock(lakeFolder);
  try {
    const manifest = (await readManifest(lakeFolder)) ?? emptyManifest;
    await checkRoomForEvidence(lakeFolder, files, manifest);
    const limits = { ...defaultIntakeLimits, ...request.limits };
    const engine = await Engine.open({
      memoryBytesMax: limits.memoryBytesMax,
      threads: limits.threads,
      spillFolder: path.join(lakeFolder, "spill"),
    });
    try {
      const lakeImport = await LakeImport.open({
        engine,
        map,
        lakeFolder,
        manifest,
        limits,
        durable: true,
        onProgress: request.onProgress ?? (() => undefined),
      });
      try {
        await lakeImport.read(files);
        return { ...(await lakeImport.finish()), notRead: files.notRead };
      } finally {
        lakeImport.close();
      }
    } catch (error) {
      throw translateEngineError(error);
    } finally {
      engine.close();
    }
  } finally {
    lock.release();
  }
}
