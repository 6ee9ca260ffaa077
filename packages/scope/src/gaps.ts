import { compareCodePoints, formatInstant } from "@cordon/model";

import { gapReasons, type Gap, type GapReason } from "./answer.ts";
import type { SourceFindings } from "./findings.ts";
import type { CoverageFacts, MapFacts, SourceFacts } from "./map-facts.ts";
import type { Question } from "./question.ts";
import { silences } from "./silences.ts";
import { cutTo, unbroken, uncoveredPart, type Stretch } from "./stretch.ts";

/** When one source did not watch, inside the window. */
interface SourceGap extends Stretch {
  readonly reason: GapReason;
}

/** The stores that a source watches: its default store and those that its operations name. */
export function watchedStores(source: SourceFacts): ReadonlySet<string> {
  const stores = new Set<string>();
  if (source.store !== null) stores.add(source.store);
  for (const operation of [...source.operations.values()].flat()) {
    if (operation.kind === "mapped") stores.add(operation.store);
  }
  return stores;
}

/** Every gap inside the window, sorted by from, source, store and reason. */
export function findGaps(map: MapFacts, question: Question, findings: readonly SourceFindings[]): Gap[] {
  const watched = new Set<string>();
  const gaps: Gap[] = [];
  for (const source of map.sources) {
    const found = findings.find((candidate) => candidate.source === source.name);
    const sourceGaps = gapsOfSource(source, question, found);
    for (const store of watchedStores(source)) {
      watched.add(store);
      for (const gap of entries(source.name, store, sourceGaps)) gaps.push(gap);
    }
  }
  for (const store of map.stores) {
    if (!watched.has(store.name)) {
      for (const gap of entries(null, store.name, [{ ...windowOf(question), reason: "uncovered" }])) {
        gaps.push(gap);
      }
    }
  }
  return gaps.sort(compareGaps);
}

export function windowOf(question: Question): Stretch {
  return { fromUs: question.fromUs, toUs: question.toUs };
}

/** When a source did not watch, inside the window: neither sorted nor merged. */
export function gapsOfSource(
  source: SourceFacts,
  question: Question,
  found: SourceFindings | undefined,
): SourceGap[] {
  const window = windowOf(question);
  const gaps: SourceGap[] = [];
  const add = (reason: GapReason, stretches: readonly Stretch[]): void => {
    for (const stretch of stretches) {
      const cut = cutTo(window, stretch);
      if (cut !== null) gaps.push({ ...cut, reason });
    }
  };
  add("uncovered", uncoveredPart(window, source.coverage));
  const sequences = source.coverage.filter((entry) => entry.proof.kind === "sequence");
  const others = source.coverage.filter((entry) => entry.proof.kind !== "sequence");
  for (const entry of source.coverage) {
    add(entry.proof.kind, unprovenParts(entry, found));
  }
  // A hole is closed at its end, so it may be of no length and still hide lines: two lines of one instant with a
  // missing number between them.
  for (const hole of sequences.length === 0 ? [] : (found?.chains ?? []).flatMap((chain) => chain.holes)) {
    if (hole.fromUs >= window.toUs || hole.toUs < window.fromUs) continue;
    gaps.push({
      fromUs: Math.max(hole.fromUs, window.fromUs),
      toUs: Math.min(hole.toUs, window.toUs),
      reason: "sequence",
    });
  }
  // The number of an unreadable line is missing, and that hole is its gap. Elsewhere it may have been at any time.
  if (found !== undefined && found.rejected > 0) add("rejected", sequences.length === 0 ? [window] : others);
  return gaps;
}

/** What of an entry its own proof does not prove; of a sequence only its ends, the holes are the whole source's. */
function unprovenParts(entry: CoverageFacts, found: SourceFindings | undefined): Stretch[] {
  const { proof } = entry;
  switch (proof.kind) {
    case "asserted":
      return [entry];
    case "sequence":
      return unprovenEdges(entry, proof.chains, found);
    case "heartbeat":
      return silences(entry, found?.alive ?? [], proof.everyUs + proof.skewUs);
    case "digest":
      return uncoveredPart(entry, found?.proven ?? []);
  }
}

/** The parts of a `sequence` entry before the first and after the last numbered line of each chain. */
function unprovenEdges(
  entry: Stretch,
  expected: readonly string[] | null,
  found: SourceFindings | undefined,
): Stretch[] {
  const chains = found?.chains ?? [];
  const absent =
    expected === null
      ? chains.length === 0
      : expected.some((name) => !chains.some((chain) => chain.chain === name));
  if (absent) return [entry];
  return chains.flatMap((chain) => {
    const before = cutTo(entry, { fromUs: entry.fromUs, toUs: chain.firstUs });
    const after = cutTo(entry, { fromUs: chain.lastUs, toUs: entry.toUs });
    return [before ?? [], after ?? []].flat();
  });
}

function entries(source: string | null, store: string, gaps: readonly SourceGap[]): Gap[] {
  return gapReasons.flatMap((reason) => {
    const stretches = gaps
      .filter((gap) => gap.reason === reason)
      .map((gap) => ({ fromUs: Math.floor(gap.fromUs / 1000), toUs: Math.ceil(gap.toUs / 1000) }));
    return unbroken(stretches).map((stretch) => ({
      source,
      store,
      from: formatInstant(stretch.fromUs),
      to: formatInstant(stretch.toUs),
      reason,
    }));
  });
}

function compareGaps(a: Gap, b: Gap): number {
  return (
    compareCodePoints(a.from, b.from) ||
    compareCodePoints(a.source ?? "", b.source ?? "") ||
    compareCodePoints(a.store, b.store) ||
    compareCodePoints(a.reason, b.reason)
  );
}
