import { createWriteStream } from "node:fs";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { Population } from "../population/population.ts";
import { drawUnit, streamKey } from "../population/random.ts";
import type { HiddenTruth } from "../truth/hidden-truth.ts";
import { backgroundEvents } from "./background-traffic.ts";
import { holeFromMs, holeToMs } from "./incident-clock.ts";
import { intruder } from "./investigation.ts";
import { intruderEvents, lookAlikeEvents, type SourceName } from "./intrusion.ts";
import { logLine, type LogEvent } from "./log-event.ts";

const sourceNames: readonly SourceName[] = ["profile-api", "credential-api", "payment-api"];

const duplicateChance = 0.003;
const lateChance = 0.002;
const linesPerChunk = 500;

/** The lines of one log as they reach the collector: in time, and those that came late. */
interface LogLines {
  readonly inTime: Generator<string>;
  /** Lines that arrived after the others, complete once `inTime` is drained: late ones and late copies. */
  readonly late: readonly string[];
}

/**
 * The lines of a source. Every event has its number, so that the log proves its own completeness; some lines come
 * twice, some late, and the intruder's successful reads come both in time and once more late.
 */
export function logLines(population: Population, truth: HiddenTruth, source: SourceName): LogLines {
  const late: string[] = [];
  return { inTime: inTimeLines(population, truth, source, late), late };
}

function* inTimeLines(
  population: Population,
  truth: HiddenTruth,
  source: SourceName,
  late: string[],
): Generator<string> {
  const key = streamKey(population.seed, `delivery/${source}`);
  const planted = [
    ...intruderEvents(truth)[source],
    ...(source === "profile-api" ? lookAlikeEvents(population, truth) : []),
  ];
  let seq = 1000;
  for (const event of inOrderOfTime(backgroundEvents(population, source), planted)) {
    seq++;
    if (
      truth.variant === "gap" &&
      source === "profile-api" &&
      event.tsMs >= holeFromMs &&
      event.tsMs < holeToMs
    )
      continue;
    const line = logLine(event, source, seq);
    const isIntruders = event.ip === intruder.address;
    const fate = drawUnit(key, seq);
    if (isIntruders && event.status === 200) {
      yield line;
      late.push(line);
    } else if (fate < lateChance) {
      late.push(line);
    } else {
      yield line;
      if (fate > 1 - duplicateChance) yield line;
      else if (isIntruders && fate > 0.5) late.push(line);
    }
  }
}

/** Merges two sequences that are (the second: can be put) in the order of time; no two events share a millisecond. */
function* inOrderOfTime(background: Iterable<LogEvent>, planted: readonly LogEvent[]): Generator<LogEvent> {
  const waiting = planted.toSorted((a, b) => b.tsMs - a.tsMs);
  let lastMs = -Infinity;
  const next = (event: LogEvent): LogEvent => {
    lastMs = Math.max(event.tsMs, lastMs + 1);
    return lastMs === event.tsMs ? event : { ...event, tsMs: lastMs };
  };
  for (const event of background) {
    for (
      let first = waiting.at(-1);
      first !== undefined && first.tsMs <= event.tsMs;
      first = waiting.at(-1)
    ) {
      waiting.pop();
      yield next(first);
    }
    yield next(event);
  }
  for (const event of waiting.reverse()) yield next(event);
}

/** Writes `DIR/<source>/…` for every source of the data map: one file in time, one that came late. */
export async function writeEvidence(
  folder: string,
  population: Population,
  truth: HiddenTruth,
  signal?: AbortSignal,
): Promise<void> {
  for (const source of sourceNames) {
    await mkdir(join(folder, source), { recursive: true });
    const { inTime, late } = logLines(population, truth, source);
    await pipeline(Readable.from(chunks(inTime)), createWriteStream(join(folder, source, "access.jsonl")), {
      ...(signal === undefined ? {} : { signal }),
    });
    await pipeline(Readable.from(chunks(late)), createWriteStream(join(folder, source, "late.jsonl")), {
      ...(signal === undefined ? {} : { signal }),
    });
  }
}

function* chunks(lines: Iterable<string>): Generator<string> {
  let chunk: string[] = [];
  for (const line of lines) {
    chunk.push(line);
    if (chunk.length === linesPerChunk) {
      yield `${chunk.join("\n")}\n`;
      chunk = [];
    }
  }
  if (chunk.length > 0) yield `${chunk.join("\n")}\n`;
}
