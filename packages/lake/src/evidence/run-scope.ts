import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";

import type { DataMap } from "@cordon/evidence";
import {
  answerQuestion,
  inquire,
  requirePopulation,
  type Answer,
  type Findings,
  type Question,
} from "@cordon/scope";

import { Engine } from "../directory/engine.ts";
import type { Population } from "../directory/population.ts";
import { ClickHouseConnection } from "../clickhouse/clickhouse-connection.ts";
import { ClickHouseEventQueries } from "../clickhouse/clickhouse-event-queries.ts";
import { ClickHouseEvidence } from "../clickhouse/clickhouse-evidence.ts";
import type { ClickHouseLake } from "../clickhouse/clickhouse-target.ts";
import { LakeError } from "../errors.ts";
import { DuckDbEventQueries } from "./duckdb-event-queries.ts";
import { listEvidence } from "./evidence-files.ts";
import { findAll } from "./find-all.ts";
import { defaultIntakeLimits, LakeImport, type IntakeLimits } from "./lake-import.ts";
import { emptyManifest } from "./lake-manifest.ts";
import { openLake } from "./open-lake.ts";
import type { ReadingProgress } from "./reading-progress.ts";
import { LakeEvidence, TableEvidence, type StoredEvidence, type TalliedEvidence } from "./stored-evidence.ts";
import type { EventQueries, EventQuestion } from "./event-queries.ts";
import { listSuspectEvents, type SuspectEvent } from "./suspect-events.ts";

export interface ScopeRequest {
  readonly map: DataMap;
  readonly question: Question;
  /** Raw evidence: it holds one folder for each source of the map. Either this, `lakeFolder` or `clickHouse`. */
  readonly evidenceFolder?: string;
  /** A lake that `importEvidence` made. */
  readonly lakeFolder?: string;
  /** A lake that `publishLake` filled. */
  readonly clickHouse?: ClickHouseLake;
  /**
   * How many people there are: an opened directory (its window and decoys must be the question's), or the operator's
   * number, which is then both "all" and the cap; null when nobody says.
   */
  readonly population: Population | number | null;
  /** Where a folder may be made for what does not fit into memory; gone when the call ends. Null: the system's. */
  readonly workFolder: string | null;
  readonly limits?: Partial<IntakeLimits>;
  /** How many of the suspects' events to list, at most; by default none. */
  readonly eventsMax?: number;
  readonly onProgress?: (progress: ReadingProgress) => void;
}

export interface ScopeResult {
  readonly answer: Answer;
  /** What the answer was made of. */
  readonly findings: Findings;
  /** The suspects' events by time, file and line; empty when none were asked for. */
  readonly events: readonly SuspectEvent[];
  /** True when there are more events than were listed. */
  readonly eventsTruncated: boolean;
  /** Files that lie in the evidence folder beside the sources' folders and were not read. */
  readonly notRead: readonly string[];
}

/**
 * Answers a question from raw evidence, in one pass over it, or from a lake. Throws InputError for a map that cannot be
 * answered so (`all` without a population: path into the map), LakeError (ERR_LAKE_FILE, ERR_LAKE_INPUT,
 * ERR_LAKE_DISK_FULL, ERR_LAKE_MEMORY, ERR_LAKE_NO_EVIDENCE, ERR_LAKE_READING; ERR_LAKE_REMOTE, ERR_LAKE_BUSY from a server)
 * for the evidence.
 */
export async function runScope(request: ScopeRequest): Promise<ScopeResult> {
  const { map, population } = request;
  requirePopulation(map, population === null || typeof population === "number" ? population : population.all);
  if (request.clickHouse !== undefined) return await askClickHouse(request, request.clickHouse);
  const limits = { ...defaultIntakeLimits, ...request.limits };
  const workFolder = await mkdtemp(path.join(request.workFolder ?? tmpdir(), "cordon-scope-"));
  try {
    const engine = await Engine.open({
      memoryBytesMax: limits.memoryBytesMax,
      threads: limits.threads,
      spillFolder: path.join(workFolder, "spill"),
    });
    try {
      if (request.lakeFolder !== undefined) {
        const connection = await engine.connect();
        const evidence = await openLake(request.lakeFolder, connection, map);
        return {
          ...(await ask(request, evidence, duckDbQueries(engine, evidence, limits.keptRows))),
          notRead: [],
        };
      }
      return await askRaw(request, { engine, limits, workFolder });
    } finally {
      engine.close();
    }
  } catch (error) {
    throw translate(error);
  } finally {
    await rm(workFolder, { recursive: true, force: true });
  }
}

async function askRaw(
  request: ScopeRequest,
  {
    engine,
    limits,
    workFolder,
  }: { readonly engine: Engine; readonly limits: IntakeLimits; readonly workFolder: string },
): Promise<ScopeResult> {
  const { map } = request;
  const files = await listEvidence(
    request.evidenceFolder ?? "",
    map.sources.map((source) => source.name),
  );
  const intake = await LakeImport.open({
    engine,
    map,
    lakeFolder: workFolder,
    manifest: emptyManifest,
    limits: { ...limits, partsOfDayMax: Infinity },
    durable: false,
    onProgress: request.onProgress ?? (() => undefined),
  });
  try {
    await intake.read(files);
    if (intake.written) await intake.finish();
    const evidence = intake.written
      ? new LakeEvidence(workFolder, intake.connection, intake.manifest)
      : await TableEvidence.open(workFolder, intake.intake, intake.manifest);
    return {
      ...(await ask(request, evidence, duckDbQueries(engine, evidence, limits.keptRows))),
      notRead: files.notRead,
    };
  } finally {
    intake.close();
  }
}

async function askClickHouse(
  request: ScopeRequest,
  { target, password }: ClickHouseLake,
): Promise<ScopeResult> {
  const connection = ClickHouseConnection.open(target, password);
  try {
    const evidence = await ClickHouseEvidence.open(connection, target.name, request.map);
    const result = await ask(request, evidence, (question) =>
      Promise.resolve(new ClickHouseEventQueries(connection, question, evidence)),
    );
    await evidence.requireInForce();
    return { ...result, notRead: [] };
  } finally {
    await connection.close();
  }
}

type OpenQueries = (question: EventQuestion) => Promise<EventQueries>;

function duckDbQueries(engine: Engine, evidence: TalliedEvidence, keptRows: number): OpenQueries {
  return async (question) => DuckDbEventQueries.open(await engine.connect(), question, evidence, keptRows);
}

async function ask(
  { map, question, population, eventsMax = 0 }: ScopeRequest,
  evidence: StoredEvidence,
  openQueries: OpenQueries,
): Promise<Omit<ScopeResult, "notRead">> {
  const inquiry = inquire(map, question);
  const people = population === null || typeof population === "number" ? population : population.all;
  const queries = await openQueries({ map, inquiry, population: people });
  try {
    const findings = await findAll({ map, inquiry, evidence, queries, population });
    const answer = answerQuestion(map, question, findings);
    const events = eventsMax > 0 ? await listSuspectEvents(queries, { map, evidence, eventsMax }) : [];
    const all = findings.sources.reduce(
      (sum, source) => sum + source.suspectEvents + source.suspectEventsPossibly,
      0,
    );
    return { answer, findings, events, eventsTruncated: eventsMax > 0 && all > events.length };
  } finally {
    await queries.close();
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
