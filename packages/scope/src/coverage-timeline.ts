import { formatInstant } from "@cordon/model";

import { gapReasons, type GapReason } from "./answer.ts";
import type { SourceFindings } from "./findings.ts";
import { gapsOfSource, watchedStores, windowOf } from "./gaps.ts";
import type { MapFacts, ProofFacts, SourceFacts } from "./map-facts.ts";
import type { Question } from "./question.ts";
import { cutTo, type Stretch } from "./stretch.ts";

export type ProofKind = ProofFacts["kind"];
export const proofKinds = [
  "sequence",
  "heartbeat",
  "digest",
  "asserted",
] as const satisfies readonly ProofKind[];

/** When each store was watched through each of its doors, inside the window. Times as the answer prints them. */
export interface CoverageTimeline {
  readonly from: string;
  readonly to: string;
  /** By store and source in the map's order; `source` is null for a store that no source watches. */
  readonly bands: readonly CoverageBand[];
}

export interface CoverageBand {
  readonly store: string;
  readonly source: string | null;
  /** The window without a hole, in order; a stretch of no length is a gap between two lines of one instant. */
  readonly stretches: readonly CoverageStretch[];
}

export type CoverageStretch =
  | {
      readonly state: "proven";
      readonly from: string;
      readonly to: string;
      /** Never empty. */
      readonly by: readonly ProofKind[];
    }
  | {
      readonly state: "gap";
      readonly from: string;
      readonly to: string;
      /** Never empty. */
      readonly reasons: readonly GapReason[];
    };

export function coverageTimeline(
  map: MapFacts,
  question: Question,
  findings: readonly SourceFindings[],
): CoverageTimeline {
  const stretchesOf = new Map(
    map.sources.map((source) => {
      const found = findings.find((candidate) => candidate.source === source.name);
      return [source.name, sourceStretches(source, question, found)];
    }),
  );
  const window = texts(spanOf(windowOf(question)));
  const nothing: CoverageStretch = { state: "gap", ...window, reasons: ["uncovered"] };
  return {
    ...window,
    bands: map.stores.flatMap(({ name: store }): readonly CoverageBand[] => {
      const watching = map.sources.filter((source) => watchedStores(source).has(store));
      if (watching.length === 0) return [{ store, source: null, stretches: [nothing] }];
      return watching.map(({ name: source }) => ({
        store,
        source,
        stretches: stretchesOf.get(source) ?? [],
      }));
    }),
  };
}

type Mark = `gap ${GapReason}` | `proof ${ProofKind}`;

/** In milliseconds, as an answer prints them: a gap is never told shorter than it is. */
interface Span {
  readonly fromMs: number;
  readonly toMs: number;
}

/** Where a gap or an entry begins (+1) or ends (−1). */
interface Edge {
  readonly atMs: number;
  readonly mark: Mark;
  readonly step: 1 | -1;
}

function sourceStretches(
  source: SourceFacts,
  question: Question,
  found: SourceFindings | undefined,
): CoverageStretch[] {
  const window = windowOf(question);
  const edges: Edge[] = [];
  const instants = new Map<number, Set<GapReason>>();
  for (const gap of gapsOfSource(source, question, found)) {
    const span = spanOf(gap);
    if (span.fromMs < span.toMs) edges.push(...edgesOf(span, `gap ${gap.reason}`));
    else instants.set(span.fromMs, (instants.get(span.fromMs) ?? new Set()).add(gap.reason));
  }
  for (const entry of source.coverage) {
    const inside = cutTo(window, entry);
    if (inside !== null) edges.push(...edgesOf(spanOf(inside), `proof ${entry.proof.kind}`));
  }
  return sweep(spanOf(window), edges, instants);
}

function sweep(
  window: Span,
  edges: readonly Edge[],
  instants: ReadonlyMap<number, ReadonlySet<GapReason>>,
): CoverageStretch[] {
  const byTime = new Map<number, Edge[]>();
  for (const atMs of [window.fromMs, window.toMs, ...instants.keys()]) byTime.set(atMs, []);
  for (const edge of edges) {
    const together = byTime.get(edge.atMs);
    if (together === undefined) byTime.set(edge.atMs, [edge]);
    else together.push(edge);
  }
  const counts = new Map<Mark, number>();
  const stretches: CoverageStretch[] = [];
  const times = [...byTime.keys()].sort((a, b) => a - b);
  for (const [index, atMs] of times.entries()) {
    const before = stateOf(counts);
    for (const { mark, step } of byTime.get(atMs) ?? []) counts.set(mark, (counts.get(mark) ?? 0) + step);
    const state = stateOf(counts);
    const instant = gapReasons.filter((reason) => instants.get(atMs)?.has(reason));
    const hidden = [before, state].some((side) => instant.every((reason) => side.reasons.includes(reason)));
    if (!hidden) addStretch(stretches, { fromMs: atMs, toMs: atMs }, { reasons: instant, by: [] });
    const next = times[index + 1];
    if (next !== undefined) addStretch(stretches, { fromMs: atMs, toMs: next }, state);
  }
  return stretches;
}

interface State {
  readonly reasons: readonly GapReason[];
  readonly by: readonly ProofKind[];
}

function stateOf(counts: ReadonlyMap<Mark, number>): State {
  const holds = (mark: Mark): boolean => (counts.get(mark) ?? 0) > 0;
  return {
    reasons: gapReasons.filter((reason) => holds(`gap ${reason}`)),
    by: proofKinds.filter((kind) => holds(`proof ${kind}`)),
  };
}

/** Appends a stretch, or makes the last one longer when it says the same. */
function addStretch(stretches: CoverageStretch[], span: Span, { reasons, by }: State): void {
  const { from, to } = texts(span);
  const stretch: CoverageStretch =
    reasons.length === 0 ? { state: "proven", from, to, by } : { state: "gap", from, to, reasons };
  const last = stretches.at(-1);
  if (last !== undefined && saidOf(last) === saidOf(stretch)) {
    stretches[stretches.length - 1] = { ...last, to };
  } else {
    stretches.push(stretch);
  }
}

function saidOf(stretch: CoverageStretch): string {
  return `${stretch.state} ${(stretch.state === "gap" ? stretch.reasons : stretch.by).join(" ")}`;
}

function edgesOf({ fromMs, toMs }: Span, mark: Mark): readonly Edge[] {
  return [
    { atMs: fromMs, mark, step: 1 },
    { atMs: toMs, mark, step: -1 },
  ];
}

function spanOf({ fromUs, toUs }: Stretch): Span {
  return { fromMs: Math.floor(fromUs / 1000), toMs: Math.ceil(toUs / 1000) };
}

function texts({ fromMs, toMs }: Span): { readonly from: string; readonly to: string } {
  return { from: formatInstant(fromMs), to: formatInstant(toMs) };
}
