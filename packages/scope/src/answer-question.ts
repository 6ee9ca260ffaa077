import { compareCodePoints, formatInstant, InputError } from "@cordon/model";

import { answerDigest } from "./answer-digest.ts";
import type { Answer, Assumption, EvidenceCounts } from "./answer.ts";
import { findContradictions } from "./contradictions.ts";
import { findExposure } from "./exposure.ts";
import type { Findings, SourceFindings } from "./findings.ts";
import { findGaps } from "./gaps.ts";
import { judge } from "./judge.ts";
import type { MapFacts } from "./map-facts.ts";
import type { Question } from "./question.ts";

/** What no log can show. */
const assumptions: readonly Assumption[] = [
  "doors-complete",
  "suspects-complete",
  "logs-not-writable-by-suspects",
];

/**
 * Checks that every store's population can be known. Throws an InputError with a path into the map when it says `all`
 * and nobody says how many that are.
 */
export function requirePopulation(map: MapFacts, population: number | null): void {
  const store = map.stores.find((candidate) => candidate.accounts === "all");
  if (population !== null || store === undefined) return;
  throw new InputError(
    ["stores", store.name, "accounts"],
    "nothing tells how many accounts `all` are",
    "a directory of accounts or a population",
  );
}

/** The answer that follows from what the evidence holds. Pure. Throws as requirePopulation does. */
export function answerQuestion(map: MapFacts, question: Question, findings: Findings): Answer {
  requirePopulation(map, findings.population);
  const gaps = findGaps(map, question, findings.sources);
  const exposure = findExposure(map, findings.sources);
  const decoys = question.decoys.length;
  const { accounts, dataClasses, complete, openStores } = judge({ map, findings, exposure, gaps, decoys });
  const asserted = assertedSources(map, question);
  const answer: Omit<Answer, "answerDigest"> = {
    accounts,
    accountIds: findings.accountIds,
    accountIdsTruncated: findings.accounts > findings.accountIds.length,
    dataClasses,
    attempted: findings.attempted,
    decoysTouched: findings.decoysTouched,
    decoysTouchedByOthers: findings.decoysTouchedByOthers,
    firstAccess: instant(findings.firstAccessUs),
    lastAccess: instant(findings.lastAccessUs),
    unclassified: countUnclassified(findings.sources),
    coverage: { complete, gaps, asserted, openStores },
    effects: findings.effects,
    assumptions,
    contradictions: findContradictions(map, findings),
    possible: countPossible(findings.sources),
    evidence: countEvidence(findings),
  };
  const told = asserted.length === 0 ? answer : { ...answer, ifAssertionsHold: hypothesis() };
  return { ...told, answerDigest: answerDigest(told) };

  function hypothesis(): NonNullable<Answer["ifAssertionsHold"]> {
    const proven = gaps.filter((gap) => gap.reason !== "asserted");
    const held = judge({ map, findings, exposure, gaps: proven, decoys });
    return { accounts: held.accounts, dataClasses: held.dataClasses, complete: held.complete };
  }
}

function assertedSources(map: MapFacts, { fromUs, toUs }: Question): string[] {
  return map.sources
    .filter((source) =>
      source.coverage.some(
        (entry) => entry.proof.kind === "asserted" && entry.fromUs < toUs && entry.toUs > fromUs,
      ),
    )
    .map((source) => source.name)
    .sort(compareCodePoints);
}

function instant(timeUs: number | null): string | null {
  return timeUs === null ? null : formatInstant(Math.floor(timeUs / 1000));
}

function countUnclassified(sources: readonly SourceFindings[]): Answer["unclassified"] {
  const found = sources.flatMap((source) => source.unclassified).filter(({ surely }) => surely > 0);
  return {
    events: total(found, ({ surely }) => surely),
    operations: [...new Set(found.map(({ operation }) => operation))].sort(compareCodePoints),
  };
}

function countPossible(sources: readonly SourceFindings[]): Answer["possible"] {
  return {
    events: total(sources, (source) => source.suspectEventsPossibly),
    unclassified: total(
      sources.flatMap((source) => source.unclassified),
      ({ possibly }) => possibly,
    ),
  };
}

function countEvidence({ sources, digest, rejectedLines }: Findings): EvidenceCounts {
  const events = total(sources, (source) => source.events);
  const rejected = total(sources, (source) => source.rejected);
  return {
    events,
    suspectEvents: total(sources, (source) => source.suspectEvents),
    duplicates: total(sources, (source) => source.readable) - events,
    rejected,
    ...(rejected > 0 ? { rejectedLines } : {}),
    digest,
  };
}

function total<Item>(items: readonly Item[], count: (item: Item) => number): number {
  return items.reduce((sum, item) => sum + count(item), 0);
}
