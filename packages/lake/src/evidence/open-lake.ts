import type { DuckDBConnection } from "@duckdb/node-api";
import type { DataMap } from "@cordon/evidence";

import { LakeError } from "../errors.ts";
import { readManifest, type LakeManifest, type LakeSource } from "./lake-manifest.ts";
import { readingOf } from "./reading-of.ts";
import { LakeEvidence } from "./stored-evidence.ts";

/**
 * The evidence of a lake for a map. Throws LakeError ERR_LAKE_NO_EVIDENCE when there is no lake, or a source of the map
 * was never imported, and ERR_LAKE_READING when it was imported with a map that reads it otherwise.
 */
export async function openLake(
  lakeFolder: string,
  connection: DuckDBConnection,
  map: DataMap,
): Promise<LakeEvidence> {
  const manifest = await readManifest(lakeFolder);
  if (manifest === null) {
    throw new LakeError("ERR_LAKE_NO_EVIDENCE", `\`${lakeFolder}\` holds no lake of evidence`, {
      hint: "make one with `cordon evidence import`",
    });
  }
  return new LakeEvidence(lakeFolder, connection, {
    sources: sourcesOf(manifest, map, lakeFolder),
    accounts: manifest.accounts,
  });
}

/** The sources of a lake in the order of a map. Throws as openLake does. */
export function sourcesOf(manifest: LakeManifest, map: DataMap, lake: string): readonly LakeSource[] {
  return map.sources.map((source) => {
    const held = manifest.sources.find(({ name }) => name === source.name);
    if (held === undefined) {
      throw new LakeError("ERR_LAKE_NO_EVIDENCE", `\`${lake}\` holds nothing of source \`${source.name}\``, {
        hint: "import its evidence with `cordon evidence import`",
      });
    }
    if (held.reading !== readingOf(source)) {
      throw new LakeError(
        "ERR_LAKE_READING",
        `\`${lake}\` was imported with a map that reads source \`${source.name}\` otherwise, expected the same format, fields and operations`,
        { hint: "import the evidence into a new lake" },
      );
    }
    if (held.files.some(({ complete }) => !complete)) {
      throw new LakeError(
        "ERR_LAKE_NO_EVIDENCE",
        `the last import into \`${lake}\` was not finished, expected a lake whose import has ended`,
        { hint: "run `cordon evidence import` again: it goes on where it stopped" },
      );
    }
    return held;
  });
}
