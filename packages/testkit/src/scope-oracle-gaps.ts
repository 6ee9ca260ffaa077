import type { OracleEvent, OracleReading } from "./scope-oracle-events.ts";
import {
  byCodePoint,
  durationUs,
  instantUs,
  oneOrMore,
  storesWatchedBy,
  type OracleEntry,
  type OracleMap,
  type OracleSource,
} from "./scope-oracle-map.ts";

export interface OracleGap {
  readonly source: string | null;
  readonly store: string;
  readonly fromUs: number;
  readonly toUs: number;
  readonly reason: string;
}

/** A time in which something may be missing. A closed one holds its end: what is missing may have stood at that very instant. */
interface Blank {
  readonly fromUs: number;
  readonly toUs: number;
  readonly isClosed: boolean;
}

interface Window {
  readonly fromUs: number;
  readonly toUs: number;
}

/** All gaps inside the window, in the order of contracts 2. */
export function gapsOf(
  map: OracleMap,
  window: Window,
  readings: ReadonlyMap<string, OracleReading>,
): readonly OracleGap[] {
  const gaps: OracleGap[] = [];
  const watched = new Set<string>();
  for (const [name, source] of Object.entries(map.sources)) {
    const reading = readings.get(name);
    if (reading === undefined) throw new RangeError(`nothing was read of ${name}`);
    for (const store of storesWatchedBy(source)) {
      watched.add(store);
      for (const [reason, blanks] of blanksOf(source, reading, window)) {
        for (const stretch of unbroken(blanks, window))
          gaps.push({ source: name, store, reason, ...stretch });
      }
    }
  }
  for (const store of Object.keys(map.stores)) {
    if (!watched.has(store)) gaps.push({ source: null, store, reason: "uncovered", ...window });
  }
  return gaps.sort(
    (one, other) =>
      one.fromUs - other.fromUs ||
      byCodePoint(one.source ?? "", other.source ?? "") ||
      byCodePoint(one.store, other.store) ||
      byCodePoint(one.reason, other.reason),
  );
}

function blanksOf(
  source: OracleSource,
  reading: OracleReading,
  window: Window,
): ReadonlyMap<string, readonly Blank[]> {
  const entries = oneOrMore(source.coverage);
  const blanks = new Map<string, Blank[]>();
  const add = (reason: string, found: readonly Blank[]): unknown =>
    blanks.set(reason, [...(blanks.get(reason) ?? []), ...found]);
  add("uncovered", uncovered(entries, window));
  for (const entry of entries) {
    const stretch = stretchOf(entry);
    const { proof } = entry;
    if (proof === "asserted") add("asserted", [{ ...stretch, isClosed: false }]);
    else if (isNumbered(entry)) {
      for (const events of chainsOf(reading.events, proof))
        add("sequence", within(unprovenEnds(events, stretch), stretch));
    } else if (typeof proof === "object" && proof.heartbeat !== undefined) {
      const patienceUs = durationUs(proof.heartbeat.every) + durationUs(entry.skew ?? "0s");
      add("heartbeat", within(silences(reading.times, stretch, patienceUs), stretch));
    } else throw new RangeError(`the oracle knows no proof ${JSON.stringify(proof)}`);
  }
  // "Over all its files and entries": a missing number is a gap wherever it is missing.
  const [numberedEntry] = entries.filter(isNumbered);
  if (numberedEntry !== undefined) {
    for (const events of chainsOf(reading.events, numberedEntry.proof)) add("sequence", holes(events));
  }
  if (reading.rejected > 0) {
    // The numbers of a sequence tell by themselves that a line is missing; nothing else does.
    const numbered = entries.filter(isNumbered);
    const others = entries.filter((entry) => !isNumbered(entry));
    add(
      "rejected",
      (numbered.length === 0 ? [window] : others.map(stretchOf)).map((stretch) => ({
        ...stretch,
        isClosed: false,
      })),
    );
  }
  return blanks;
}

function isNumbered({ proof }: OracleEntry): boolean {
  return proof === "sequence" || (typeof proof === "object" && proof.sequence !== undefined);
}

function stretchOf({ from, to }: OracleEntry): Window {
  return { fromUs: instantUs(from) ?? NaN, toUs: instantUs(to) ?? NaN };
}

/** The parts of the window that lie in no entry. */
function uncovered(entries: readonly OracleEntry[], window: Window): readonly Blank[] {
  const sorted = entries.map(stretchOf).sort((one, other) => one.fromUs - other.fromUs);
  const blanks: Blank[] = [];
  let reachedUs = window.fromUs;
  for (const { fromUs, toUs } of sorted) {
    if (fromUs > reachedUs) blanks.push({ fromUs: reachedUs, toUs: fromUs, isClosed: false });
    reachedUs = Math.max(reachedUs, toUs);
  }
  if (reachedUs < window.toUs) blanks.push({ fromUs: reachedUs, toUs: window.toUs, isClosed: false });
  return blanks;
}

/** "One such chain for each value of that path", also for a value that is not expected; empty for an expected one that is absent. */
function chainsOf(
  events: readonly OracleEvent[],
  proof: OracleEntry["proof"],
): readonly (readonly OracleEvent[])[] {
  if (typeof proof !== "object" || proof.sequence === undefined) return [events];
  const names = new Set([...events.map(({ chain }) => chain), ...proof.sequence.chains]);
  return [...names].map((name) => events.filter(({ chain }) => chain === name));
}

/** The lines of each number of a chain, by number. One number may have several: a counter that went back, or one id with other values. */
function linesByNumber(events: readonly OracleEvent[]): readonly NumberedLines[] {
  const lines = new Map<bigint, OracleEvent[]>();
  for (const event of events) {
    if (event.number !== null) lines.set(event.number, [...(lines.get(event.number) ?? []), event]);
  }
  return [...lines]
    .map(([number, of]) => ({ number, of, times: of.map(({ atUs }) => atUs) }))
    .sort((one, other) => (one.number < other.number ? -1 : 1));
}

interface NumberedLines {
  readonly number: bigint;
  readonly of: readonly OracleEvent[];
  readonly times: readonly number[];
}

/** "Coverage before the first and after the last numbered line is not proven": by number, and surely before and after. */
function unprovenEnds(events: readonly OracleEvent[], entry: Window): readonly Blank[] {
  const lines = linesByNumber(events);
  const first = lines[0];
  const last = lines.at(-1);
  if (first === undefined || last === undefined) return [{ ...entry, isClosed: false }];
  return [
    { fromUs: entry.fromUs, toUs: Math.max(...first.times), isClosed: false },
    { fromUs: Math.min(...last.times), toUs: entry.toUs, isClosed: false },
  ];
}

/** "A missing number is a gap from the time of the last line before it to that of the first line after it"; where those are several, from all to all. */
function holes(events: readonly OracleEvent[]): readonly Blank[] {
  const lines = linesByNumber(events);
  return lines.flatMap(({ number, of, times }, index): Blank[] => {
    const next = lines[index + 1];
    const blanks: Blank[] = [];
    const add = (among: readonly number[]): unknown =>
      blanks.push({ fromUs: Math.min(...among), toUs: Math.max(...among), isClosed: true });
    if (next !== undefined && next.number > number + 1n) add([...times, ...next.times]);
    // One number that events of different ids carry at different times: nothing is proven between them.
    const isRepeated = new Set(of.map(({ id }, place) => id ?? place)).size > 1;
    if (isRepeated && new Set(times).size > 1) add(times);
    return blanks;
  });
}

/** "Two consecutive lines more than `every` plus `skew` apart are a gap from one to the other, and so is a longer silence between an edge of the coverage and the next line." */
function silences(times: readonly number[], entry: Window, patienceUs: number): readonly Blank[] {
  const lines = [...times].sort((one, other) => one - other);
  if (lines.length === 0) return [{ ...entry, isClosed: false }];
  const edges = [
    [entry.fromUs, lines.find((atUs) => atUs >= entry.fromUs) ?? entry.toUs],
    [lines.findLast((atUs) => atUs <= entry.toUs) ?? entry.fromUs, entry.toUs],
  ] as const;
  const pairs = lines.map((atUs, index) => [atUs, lines[index + 1] ?? atUs] as const);
  return [...edges, ...pairs]
    .filter(([fromUs, toUs]) => toUs - fromUs > patienceUs)
    .map(([fromUs, toUs]) => ({ fromUs, toUs, isClosed: false }));
}

/** Cut to a stretch [from, to). */
function within(blanks: readonly Blank[], stretch: Window): readonly Blank[] {
  return blanks
    .filter(({ fromUs, toUs, isClosed }) =>
      isClosed
        ? toUs >= stretch.fromUs && fromUs < stretch.toUs
        : Math.max(fromUs, stretch.fromUs) < Math.min(toUs, stretch.toUs),
    )
    .map(({ fromUs, toUs, isClosed }) => ({
      fromUs: Math.max(fromUs, stretch.fromUs),
      toUs: Math.min(toUs, stretch.toUs),
      isClosed,
    }));
}

/** Cut to the window, one for each unbroken stretch. */
function unbroken(blanks: readonly Blank[], window: Window): readonly Window[] {
  const cut = [...within(blanks, window)].sort((one, other) => one.fromUs - other.fromUs);
  const merged: { fromUs: number; toUs: number }[] = [];
  for (const { fromUs, toUs } of cut) {
    const last = merged.at(-1);
    if (last !== undefined && fromUs <= last.toUs) last.toUs = Math.max(last.toUs, toUs);
    else merged.push({ fromUs, toUs });
  }
  return merged;
}
