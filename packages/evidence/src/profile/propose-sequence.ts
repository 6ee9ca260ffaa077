import type { Format } from "../data-map.ts";
import type { FlatRecord } from "./flatten-record.ts";
import { nameRank } from "./name-hints.ts";
import type { PathTally, Tallies } from "./path-tally.ts";
import type { SequenceProposal } from "./source-profile.ts";

const pathsTriedMax = 20;
const chainsMax = 256;
/** Fewer steps could be chance. */
const stepsMin = 3;
const shareMin = 0.8;

interface SequenceRequest {
  readonly format: Format;
  readonly runs: readonly (readonly FlatRecord[])[];
  readonly tallies: Tallies;
}

/**
 * A number on every record that grows by one, in one chain or in one for each value of another path: by the order of
 * the lines, or where no path does so, by the order of the numbers, so that lines out of order do no harm.
 */
export function proposeSequence(request: SequenceRequest): SequenceProposal | null {
  return findSequence(request, "lines") ?? findSequence(request, "numbers");
}

function findSequence(
  { format, runs, tallies }: SequenceRequest,
  order: "lines" | "numbers",
): SequenceProposal | null {
  const numbers = [...tallies.scalars.values()]
    .filter((tally) => tally.present === tallies.records && areWhole(tally) && nameRank("time", tally) === 0)
    .sort((a, b) => nameRank("sequence", b) - nameRank("sequence", a))
    .slice(0, pathsTriedMax);
  const perPaths = [...tallies.scalars.values()].filter(
    ({ present, values, hasMoreValues }) =>
      present === tallies.records && !hasMoreValues && values.size >= 2 && values.size <= chainsMax,
  );
  let best: SequenceProposal | null = null;
  for (const { path } of numbers) {
    // PostgreSQL numbers the lines of each session (log_line_prefix %l), though a sample may show one session.
    const only = format === "pgaudit" && path === "session_line_num" ? "session_id" : null;
    for (const per of only === null ? [null, ...perPaths.map((tally) => tally.path)] : [only]) {
      if (per === path) continue;
      const { steps, of } = countSteps(runs, { path, per, order });
      if (steps < stepsMin || steps < shareMin * of) continue;
      // One chain unless telling them apart explains clearly more.
      if (best !== null && steps * best.of <= best.steps * of + 0.02 * of * best.of) continue;
      const chains = per === null ? [] : [...(tallies.scalars.get(per)?.values.keys() ?? [])].sort();
      best = { path, per, chains, steps, of };
    }
  }
  return best;
}

function areWhole(tally: PathTally): boolean {
  if (tally.wholeNumbers === tally.present) return true;
  return (
    tally.texts === tally.present &&
    [...tally.values.keys()].every((value) => /^(0|[1-9]\d{0,15})$/.test(value))
  );
}

interface StepsRequest {
  readonly path: string;
  readonly per: string | null;
  readonly order: "lines" | "numbers";
}

function countSteps(
  runs: readonly (readonly FlatRecord[])[],
  { path, per, order }: StepsRequest,
): { readonly steps: number; readonly of: number } {
  let steps = 0;
  let of = 0;
  for (const run of runs) {
    const chains = new Map<string, bigint[]>();
    for (const record of run) {
      const value = record.scalars.get(path);
      if (value === undefined || value === null || typeof value === "boolean") continue;
      const chain = per === null ? "" : String(record.scalars.get(per));
      const numbers = chains.get(chain);
      if (numbers === undefined) chains.set(chain, [BigInt(value)]);
      else numbers.push(BigInt(value));
    }
    for (const numbers of chains.values()) {
      if (order === "numbers") numbers.sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
      for (let index = 1; index < numbers.length; index += 1) {
        // Two lines with one number speak against a sequence as a jump does.
        of += 1;
        if ((numbers[index] ?? 0n) - (numbers[index - 1] ?? 0n) === 1n) steps += 1;
      }
    }
  }
  return { steps, of };
}
