import { compareCodePoints } from "@cordon/model";

import type { Contradiction } from "./answer.ts";
import type { Findings, SourceFindings } from "./findings.ts";
import type { MapFacts, SourceFacts } from "./map-facts.ts";

/** What in the evidence cannot be as the map or the directory says, sorted by kind, source and text. */
export function findContradictions(map: MapFacts, findings: Findings): Contradiction[] {
  const contradictions = map.sources.flatMap((source) => {
    const found = findings.sources.find((candidate) => candidate.source === source.name);
    if (found === undefined) return [];
    return [
      ...unexpectedChains(source, found),
      ...repeatedNumbers(found),
      ...found.digestProblems.map((what): Contradiction => ({ kind: "digest", source: source.name, what })),
      ...rowsOverPopulation(found, findings.population),
    ];
  });
  return contradictions.sort(
    (a, b) =>
      compareCodePoints(a.kind, b.kind) ||
      compareCodePoints(a.source, b.source) ||
      compareCodePoints(a.what, b.what),
  );
}

function unexpectedChains(source: SourceFacts, found: SourceFindings): Contradiction[] {
  const expected = new Set<string>();
  let chained = false;
  for (const { proof } of source.coverage) {
    if (proof.kind !== "sequence" || proof.chains === null) continue;
    chained = true;
    for (const chain of proof.chains) expected.add(chain);
  }
  if (!chained) return [];
  return found.chains
    .filter(({ chain }) => chain === null || !expected.has(chain))
    .map(({ chain }) => ({
      kind: "unexpected-chain",
      source: source.name,
      what:
        chain === null
          ? "lines do not name the chain of their sequence number"
          : `chain \`${chain}\` is not among the expected ones`,
    }));
}

function repeatedNumbers(found: SourceFindings): Contradiction[] {
  return found.chains
    .filter((chain) => chain.repeated > 0)
    .map(({ chain, repeated }) => ({
      kind: "sequence-repeated",
      source: found.source,
      what: `${repeated} sequence ${repeated === 1 ? "number is" : "numbers are"} carried by different events${chain === null ? "" : ` in chain \`${chain}\``}`,
    }));
}

function rowsOverPopulation(found: SourceFindings, population: number | null): Contradiction[] {
  return found.accesses
    .filter(({ surely, possibly }) => surely.rowsOver + possibly.rowsOver > 0)
    .map(({ operation, surely, possibly }) => ({
      kind: "rows-over-population",
      source: found.source,
      what: `\`${operation}\` reached ${Math.max(surely.rowsMax, possibly.rowsMax)} people, but there are ${population ?? 0}`,
    }));
}
