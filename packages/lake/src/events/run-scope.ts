import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";

import type { DataMap } from "@cordon/evidence";
import { answerQuestion, inquire, requirePopulation, type Answer, type Question } from "@cordon/scope";

import { defaultEngineLimits } from "../directory/engine-limits.ts";
import { Engine } from "../directory/engine.ts";
import type { Population } from "../directory/population.ts";
import { LakeError } from "../errors.ts";
import { listEvidence } from "./evidence-files.ts";
import { findAll } from "./find-all.ts";
import { takeIn, type ScopeProgress } from "./intake.ts";
import { listSuspectEvents, type SuspectEvent } from "./suspect-events.ts";

export interface ScopeRequest {
  readonly map: DataMap;
  readonly question: Question;
  /** Holds one folder for each source of the map. */
  readonly evidenceFolder: string;
  /**
   * How many people there are: an opened directory (its window and decoys must be the question's), or the operator's
   * number, which is then both "all" and the cap; null when nobody says.
   */
  readonly population: Population | number | null;
  /** Where a folder may be made for what does not fit into memory; gone when the call ends. Null: the system's. */
  readonly workFolder: string | null;
  readonly memoryBytesMax?: number;
  /** How many of the suspects' events to list, at most; by default none. */
  readonly eventsMax?: number;
  readonly onProgress?: (progress: ScopeProgress) => void;
}

export interface ScopeResult {
  readonly answer: Answer;
  /** The suspects' events by time, file and line; empty when none were asked for. */
  readonly events: readonly SuspectEvent[];
  /** True when there are more events than were listed. */
  readonly eventsTruncated: boolean;
  /** Files that lie in the evidence folder beside the sources' folders and were not read. */
  readonly notRead: readonly string[];
}

/**
 * Answers a question from raw evidence, in one pass over it. Throws InputError for a map that cannot be answered so (`all`
 * without a population: path into the map), LakeError (ERR_LAKE_FILE, ERR_LAKE_INPUT, ERR_LAKE_DISK_FULL,
 * ERR_LAKE_MEMORY) for the evidence.
 */
export async function runScope(request: ScopeRequest): Promise<ScopeResult> {
  const { map, question, population, eventsMax = 0 } = request;
  const people = population === null || typeof population === "number" ? population : population.all;
  requirePopulation(map, people);
  const files = await listEvidence(
    request.evidenceFolder,
    map.sources.map((source) => source.name),
  );
  const spillFolder = await mkdtemp(path.join(request.workFolder ?? tmpdir(), "cordon-scope-"));
  const engine = await Engine.open({
    ...defaultEngineLimits,
    memoryBytesMax: request.memoryBytesMax ?? defaultEngineLimits.memoryBytesMax,
    spillFolder,
  });
  try {
    const connection = await engine.connect();
    const inquiry = inquire(map, question);
    const intake = await takeIn({
      connection,
      map,
      inquiry,
      files,
      showsEvents: eventsMax > 0,
      onProgress: request.onProgress ?? (() => undefined),
    });
    const findings = await findAll({ connection, map, inquiry, intake, population });
    const answer = answerQuestion(map, question, findings);
    const events = eventsMax > 0 ? await listSuspectEvents(connection, { map, intake, eventsMax }) : [];
    const all = findings.sources.reduce(
      (sum, source) => sum + source.suspectEvents + source.suspectEventsPossibly,
      0,
    );
    return { answer, events, eventsTruncated: eventsMax > 0 && all > events.length, notRead: files.notRead };
  } catch (error) {
    throw translate(error);
  } finally {
    engine.close();
    await rm(spillFolder, { recursive: true, force: true });
  }
}

/** What the engine says about a full disk or too little memory, as one line. */
function translate(error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof LakeError) return error;
  if (/No space left on device|ENOSPC|max_temp_directory_size|Disk quota exceeded/.test(error.message)) {
    return new LakeError("ERR_LAKE_DISK_FULL", "the disk is full, the evidence was not read to its end", {
      cause: error,
    });
  }
  if (error.message.startsWith("Out of Memory Error")) {
    return new LakeError("ERR_LAKE_MEMORY", "the engine's memory does not hold the events", {
      hint: "raise the memory limit",
      cause: error,
    });
  }
  return error;
}
