import type { Format } from "../data-map.ts";
import type { LogRecord } from "../log-value.ts";
import { candidate, share } from "./candidate.ts";
import { nameRank } from "./name-hints.ts";
import type { PathTally, Tallies } from "./path-tally.ts";
import type { Candidate } from "./source-profile.ts";
import { tryFields } from "./try-fields.ts";

/** How many records a path is tried on. */
const triedMax = 500;
const pathsTriedMax = 100;

interface TimeRequest {
  readonly format: Format;
  readonly records: readonly LogRecord[];
  readonly tallies: Tallies;
}

/**
 * Paths whose values the normaliser reads as times. Without any, `todo` says which path looks like a time that the
 * format does not take.
 */
export function proposeTime(
  { format, records, tallies }: TimeRequest,
  known: readonly string[] | null,
): { readonly candidates: readonly Candidate[]; readonly todo: string | null } {
  const knownPaths = known ?? [];
  const mayBe = [...tallies.scalars.values()].filter(
    (tally) =>
      tally.present > 0 &&
      (knownPaths.includes(tally.path) || nameRank("time", tally) > 0 || looksDated(tally)),
  );
  const candidates: Candidate[] = [];
  for (const tally of mayBe.slice(0, pathsTriedMax)) {
    const readable = readableTimes(format, tally.path, records);
    if (readable < 0.5) continue;
    const rank = nameRank("time", tally);
    const place = knownPaths.indexOf(tally.path);
    const weight =
      place >= 0 ? 1 - place / 100 : (rank === 0 ? 0.5 : 0.65 + 0.35 * rank) * (1 - 0.1 * (tally.depth - 1));
    const why =
      place >= 0
        ? `where ${format} keeps it`
        : rank > 0
          ? "times, by its name"
          : "times, by its values alone";
    candidates.push(candidate(tally, tallies, weight * readable, why));
  }
  candidates.sort((a, b) => b.confidence - a.confidence);
  const ofSchema = candidates.filter(({ path }) => knownPaths.includes(path));
  if (ofSchema.length > 0) return { candidates: ofSchema, todo: null };
  return { candidates, todo: candidates.length > 0 ? null : whyNoTime(format, mayBe) };
}

function looksDated(tally: PathTally): boolean {
  return share(tally, (value) => /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d/i.test(value)) > 0.5;
}

/** The share of records with a value at the path that is a time as the normaliser reads it. */
function readableTimes(format: Format, path: string, records: readonly LogRecord[]): number {
  const reader = tryFields(format, { time: path, operation: path });
  if (reader === null) return 0;
  const step = Math.max(1, Math.floor(records.length / triedMax));
  let tried = 0;
  let read = 0;
  for (let index = 0; index < records.length; index += step) {
    const record = records[index];
    if (record === undefined) continue;
    tried += 1;
    if (!("unreadable" in reader.normalise(record))) read += 1;
  }
  return tried === 0 ? 0 : read / tried;
}

const epochUnits = [
  ["seconds", 1e9, 5e9],
  ["milliseconds", 1e12, 5e12],
  ["microseconds", 1e15, 5e15],
  ["nanoseconds", 1e18, 5e18],
] as const;

function whyNoTime(format: Format, mayBe: readonly PathTally[]): string {
  const takes = `format ${format} takes times such as 2014-05-20T00:00:00Z`;
  for (const tally of mayBe) {
    for (const [unit, least, most] of epochUnits) {
      if (share(tally, (value) => Number(value) >= least && Number(value) < most) < 0.9) continue;
      return `\`${tally.path}\` looks like ${unit} since 1970, but ${takes}: convert it before`;
    }
    if (share(tally, (value) => /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d([.,]\d+)?)?$/i.test(value)) > 0.5) {
      return `\`${tally.path}\` looks like a time without a zone, which names no instant: write the zone it was in`;
    }
    if (looksDated(tally)) return `\`${tally.path}\` looks like a time, but ${takes}`;
  }
  return `no path holds times on half of the records; ${takes}`;
}
