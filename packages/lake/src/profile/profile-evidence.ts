import {
  renderMap,
  surveySource,
  type KnownIds,
  type SourceProfile,
  type SourceSurvey,
} from "@cordon/evidence";

import { defaultEngineLimits } from "../directory/engine-limits.ts";
import { Engine } from "../directory/engine.ts";
import { openPopulation, type Population } from "../directory/population.ts";
import { listSources } from "./list-sources.ts";
import { sampleSource, type SampledSource } from "./sample-source.ts";

export interface EvidenceProfile {
  readonly folder: string;
  /** True when sampled values were matched against a directory of accounts. */
  readonly withDirectory: boolean;
  readonly sources: readonly ProfiledSource[];
  /** Sentences about the folder as a whole. */
  readonly notes: readonly string[];
  /** The proposed data map, YAML to edit. */
  readonly map: string;
}

/** A source's profile and how much of it was looked at. */
export interface ProfiledSource extends SourceProfile {
  readonly files: number;
  readonly filesSampled: number;
  readonly bytes: number;
  readonly bytesSampled: number;
}

interface ProfileRequest {
  /** Holds one folder for each source, or the files of one. */
  readonly folder: string;
  /** A file of accounts to match sampled values against; null: names and shapes alone tell. */
  readonly accountsFile: string | null;
}

/**
 * Proposes a data map for unknown logs from a bounded sample of them. Throws LakeError: ERR_LAKE_FILE when the folder is
 * missing or empty, and as `openPopulation` does for the accounts. Nothing that a log holds makes it throw.
 */
export async function profileEvidence({ folder, accountsFile }: ProfileRequest): Promise<EvidenceProfile> {
  const { sources: found, notes } = await listSources(folder);
  const population =
    accountsFile === null
      ? null
      : await openPopulation({ file: accountsFile }, { windowEndUs: Number.MAX_SAFE_INTEGER, decoys: [] });
  const engine = await Engine.open(defaultEngineLimits);
  try {
    const sources: ProfiledSource[] = [];
    for (const source of found) {
      const sampled = await sampleSource(source, engine);
      const survey = surveySource(sampled.sample);
      const profile = survey.profile(await askDirectory(population, survey));
      const { files, filesSampled, bytes, bytesSampled } = sampled;
      sources.push({ ...profile, files, filesSampled, bytes, bytesSampled });
    }
    const withDirectory = population !== null;
    const map = renderMap({
      sources: sources.map((profile) => ({ profile, sampled: describe(profile) })),
      withDirectory,
      notes,
    });
    return { folder, withDirectory, sources, notes, map };
  } finally {
    engine.close();
    population?.close();
  }
}

async function askDirectory(
  population: Population | null,
  { valuesToAsk }: SourceSurvey,
): Promise<KnownIds | null> {
  if (population === null) return null;
  return { asked: new Set(valuesToAsk), held: await population.has(valuesToAsk) };
}

function describe(
  source: Pick<SampledSource, "files" | "filesSampled" | "bytes" | "bytesSampled"> & SourceProfile,
): string {
  const { files, filesSampled, bytes, bytesSampled, records, unreadable } = source;
  const lines = unreadable === 0 ? "" : `, ${unreadable} lines that are none`;
  return `sampled ${filesSampled} of ${files} files (${bytes} bytes on disk, ${bytesSampled} bytes read): ${records} records${lines}`;
}
