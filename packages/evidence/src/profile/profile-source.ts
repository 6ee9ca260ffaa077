import { formatInstant } from "@cordon/model";

import type { FieldName, Format } from "../data-map.ts";
import { isLogRecord, type LogRecord } from "../log-value.ts";
import { findAccountPaths } from "./account-paths.ts";
import { flattenRecord, type FlatRecord } from "./flatten-record.ts";
import { valuesToAsk, type KnownIds } from "./known-ids.ts";
import { tallyPaths, type Tallies } from "./path-tally.ts";
import { proposeFields } from "./propose-fields.ts";
import { proposeOperations } from "./propose-operations.ts";
import { proposeOutcome } from "./propose-outcome.ts";
import { proposeSequence } from "./propose-sequence.ts";
import type { FieldProposal, SampledRun, SourceProfile } from "./source-profile.ts";
import { suggestClasses } from "./suggest-classes.ts";
import { tryFields } from "./try-fields.ts";

const candidatesMax = 10;
const problemsMax = 20;
/** A statement that names an id may reach others too, so what stands in it says nothing about whom it reached. */
const postgresTexts = ["message", "audit.statement", "query", "internal_query", "detail", "context"];

export interface SourceSample {
  readonly source: string;
  readonly format: Format | null;
  /** One clause: how the format was told. */
  readonly formatWhy: string;
  readonly runs: readonly SampledRun[];
  /** Sentences about what could not be sampled. */
  readonly problems: readonly string[];
}

/** A sample that has been looked through once, before a directory is asked about its values. */
export interface SourceSurvey {
  readonly sample: SourceSample;
  /** Values that could be account ids; empty when there is nothing to ask. */
  readonly valuesToAsk: readonly string[];
  /** `known`: what the directory said, null without one. Pure. */
  profile(known: KnownIds | null): SourceProfile;
}

/** Looks through one source's sample. Bounded by the limits of this folder, whatever the records hold. */
export function surveySource(sample: SourceSample): SourceSurvey {
  const flatRuns: FlatRecord[][] = [];
  const records: LogRecord[] = [];
  const runs: LogRecord[][] = [];
  let unreadable = 0;
  const problems = [...sample.problems];
  const reasons = new Map<string, number>();
  for (const run of sample.runs) {
    const ofRun: LogRecord[] = [];
    for (const sampled of run.records) {
      if ("record" in sampled && isLogRecord(sampled.record)) ofRun.push(sampled.record);
      else {
        unreadable += 1;
        const reason = "unreadable" in sampled ? sampled.unreadable : "the line is no JSON object";
        reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
      }
    }
    runs.push(ofRun);
    records.push(...ofRun);
    flatRuns.push(ofRun.map((record) => flattenRecord(record, sample.format === "csv")));
  }
  for (const [reason, count] of reasons) problems.push(`${count} sampled lines are no records: ${reason}`);
  const flats = flatRuns.flat();
  const tallies = tallyPaths(flats);
  const cut = flats.filter((flat) => flat.isCut).length;
  if (cut > 0)
    problems.push(`${cut} sampled records hold more than is looked at: only their first keys were`);
  if (tallies.hasMorePaths) problems.push("the records have more different keys than are looked at");
  return {
    sample,
    valuesToAsk: valuesToAsk(tallies),
    profile: (known) =>
      profile({ sample, runs, records, flats, flatRuns, tallies, unreadable, problems }, known),
  };
}

interface Looked {
  readonly sample: SourceSample;
  readonly runs: readonly (readonly LogRecord[])[];
  readonly records: readonly LogRecord[];
  readonly flats: readonly FlatRecord[];
  readonly flatRuns: readonly (readonly FlatRecord[])[];
  readonly tallies: Tallies;
  readonly unreadable: number;
  readonly problems: readonly string[];
}

function profile(looked: Looked, known: KnownIds | null): SourceProfile {
  const { sample, records, flats, flatRuns, tallies, unreadable } = looked;
  const { format } = sample;
  const shown = {
    source: sample.source,
    format,
    formatWhy: sample.formatWhy,
    records: records.length,
    unreadable,
    problems: looked.problems.slice(0, problemsMax),
  };
  if (format === null || records.length === 0) {
    return {
      ...shown,
      readable: null,
      firstTime: null,
      lastTime: null,
      longestSilenceSeconds: null,
      fields: [],
      succeeded: null,
      sequence: null,
      operations: [],
      operationsNotShown: 0,
      accountPaths: [],
      classes: [],
    };
  }
  const sequence = proposeSequence({ format, runs: flatRuns, tallies });
  const fields = proposeFields({ format, records, tallies, sequencePath: sequence?.path ?? null });
  const pathOf = (field: FieldName): string | null =>
    fields.find((proposal) => proposal.field === field)?.best?.path ?? null;
  const without = new Set(
    (["time", "id", "address", "operation", "outcome", "sequence", "session"] as const).flatMap(
      (field) => pathOf(field) ?? [],
    ),
  );
  const freeTexts = format === "pgaudit" ? postgresTexts : [];
  for (const path of freeTexts) without.add(path);
  const operationPath = pathOf("operation");
  const outcomePath = pathOf("outcome");
  const { operations, notShown } =
    operationPath === null
      ? { operations: [], notShown: 0 }
      : proposeOperations({
          records: flats,
          operationPath,
          without,
          actorPath: pathOf("actor"),
          known,
          freeTexts,
        });
  const names = [...tallies.scalars.keys(), ...tallies.lists.keys(), ...operations.map(({ name }) => name)];
  return {
    ...shown,
    ...readWith(format, fields, looked.runs),
    fields,
    succeeded: outcomePath === null ? null : proposeOutcome(outcomePath, format, tallies),
    sequence,
    operations,
    operationsNotShown: notShown,
    accountPaths: findAccountPaths(tallies, known, without)
      .slice(0, candidatesMax)
      .map(({ path, confidence, records: count, of, why }) => ({
        path,
        confidence,
        records: count,
        of,
        why,
      })),
    classes: suggestClasses(names),
  };
}

/** The fields that a proposal puts into the map: those whose absence makes no sampled line unreadable. */
export function mappedFields(fields: readonly FieldProposal[]): Partial<Record<FieldName, string>> {
  const mapped: Partial<Record<FieldName, string>> = {};
  for (const { field, best, isEverywhere } of fields) {
    if (best === null) continue;
    if (isEverywhere || field === "time" || field === "operation") mapped[field] = best.path;
  }
  return mapped;
}

/** Reads the sample as the proposed map would. */
function readWith(
  format: Format,
  fields: readonly FieldProposal[],
  runs: readonly (readonly LogRecord[])[],
): Pick<SourceProfile, "readable" | "firstTime" | "lastTime" | "longestSilenceSeconds"> {
  const mapped = mappedFields(fields);
  const reader =
    mapped.time === undefined || mapped.operation === undefined ? null : tryFields(format, mapped);
  const none = { readable: null, firstTime: null, lastTime: null, longestSilenceSeconds: null };
  if (reader === null) return none;
  let readable = 0;
  let firstUs = Infinity;
  let lastUs = -Infinity;
  let silenceUs = -1;
  for (const run of runs) {
    const timesUs: number[] = [];
    for (const record of run) {
      const event = reader.normalise(record);
      if ("unreadable" in event) continue;
      readable += 1;
      timesUs.push(event.timeUs);
    }
    timesUs.sort((a, b) => a - b);
    for (const [index, timeUs] of timesUs.entries()) {
      firstUs = Math.min(firstUs, timeUs);
      lastUs = Math.max(lastUs, timeUs);
      silenceUs = Math.max(silenceUs, index === 0 ? -1 : timeUs - (timesUs[index - 1] ?? timeUs));
    }
  }
  if (readable === 0) return { ...none, readable };
  return {
    readable,
    firstTime: formatInstant(Math.floor(firstUs / 1000)),
    lastTime: formatInstant(Math.floor(lastUs / 1000)),
    longestSilenceSeconds: silenceUs < 0 ? null : silenceUs / 1e6,
  };
}
