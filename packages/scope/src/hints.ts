import type { Answer, Gap, OpenStore } from "./answer.ts";
import { placesOf } from "./event-places.ts";
import { explanationLimits, type Explanation, type Hint, type ListedEvent } from "./explanation.ts";
import { accessOperation, findExposure, storesOfUnclassified, type Exposure } from "./exposure.ts";
import type { AccessCounts, Findings, SourceFindings } from "./findings.ts";
import {
  gapTexts,
  peopleUnknownTexts,
  possibleTexts,
  rowsTexts,
  unclassifiedTexts,
  type HintTexts,
} from "./hint-texts.ts";
import { inquire } from "./inquire.ts";
import { boundAccounts, findOpenStores } from "./judge.ts";
import type { MapFacts, SourceFacts } from "./map-facts.ts";
import type { Question } from "./question.ts";

interface HintsRequest {
  readonly map: MapFacts;
  readonly question: Question;
  readonly findings: Findings;
  readonly answer: Answer;
  readonly events: readonly ListedEvent[];
}

/** A hint before it is known whether it is listed: sentences and events are made only then. */
interface Candidate extends Omit<Hint, "id" | "what" | "settle" | "events"> {
  readonly texts: () => HintTexts;
  readonly concerns: (event: ListedEvent) => boolean;
  readonly eventsAll: number;
  /** Of its gap. */
  readonly lengthMs: number;
}

type Draft = Omit<Candidate, "adds" | "atMostThen"> & { readonly rows: number; readonly rowsExcess: number };

/** What keeps the answer from being sharper; first what narrows it most when it alone is settled. */
export function findHints(request: HintsRequest): Explanation["hints"] {
  const drafts = [...gapDrafts(request), ...sourceDrafts(request)];
  const weighed = weigh(request, drafts).filter(({ kind, adds }) => kind !== "people-unknown" || adds !== 0);
  const candidates = [...weighed, ...possibleCandidates(request)];
  candidates.sort(
    (a, b) =>
      (a.atMostThen ?? Infinity) - (b.atMostThen ?? Infinity) ||
      (b.adds ?? 0) - (a.adds ?? 0) ||
      b.lengthMs - a.lengthMs,
  );
  const listed = candidates.slice(0, explanationLimits.hints).map((candidate, index): Hint => {
    const { texts, concerns, eventsAll, kind, source, stores, gap, adds, atMostThen } = candidate;
    const events = kind === "gap" ? [] : request.events.filter((event) => concerns(event));
    return {
      id: `h${index + 1}`,
      kind,
      ...texts(),
      source,
      stores,
      gap,
      events: placesOf(events, eventsAll),
      adds,
      atMostThen,
    };
  });
  return { listed, more: candidates.length - listed.length };
}

/** One draft for each gap of a source: all stores that the source watches share it. */
function gapDrafts({ map, findings, answer }: HintsRequest): Draft[] {
  const groups = new Map<string, { readonly gap: Gap; readonly stores: string[] }>();
  for (const gap of answer.coverage.gaps) {
    const key = JSON.stringify([gap.source ?? { store: gap.store }, gap.reason, gap.from, gap.to]);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { gap, stores: [gap.store] });
    else group.stores.push(gap.store);
  }
  return [...groups.values()].map(({ gap, stores }) => {
    const { source, from, to, reason } = gap;
    const found = findings.sources.find((candidate) => candidate.source === source);
    return {
      kind: "gap",
      source,
      stores,
      gap: { from, to, reason },
      lengthMs: Date.parse(to) - Date.parse(from),
      rows: 0,
      rowsExcess: 0,
      texts: () => gapTexts(gap, stores, { map, found, rejectedLines: findings.rejectedLines }),
      concerns: () => false,
      eventsAll: 0,
    };
  });
}

function sourceDrafts({ map, findings }: HintsRequest): Draft[] {
  return map.sources.flatMap((source) => {
    const found = findings.sources.find((candidate) => candidate.source === source.name);
    return found === undefined ? [] : [...unclassifiedDrafts(source, found), ...accessDrafts(source, found)];
  });
}

function unclassifiedDrafts(source: SourceFacts, found: SourceFindings): Draft[] {
  const stores = [...storesOfUnclassified(source)];
  return found.unclassified.map(({ operation, surely, possibly }) => ({
    kind: "unclassified",
    source: source.name,
    stores,
    gap: null,
    lengthMs: 0,
    rows: 0,
    rowsExcess: 0,
    texts: () => unclassifiedTexts(operation, source.name, stores),
    concerns: (event) =>
      event.source === source.name && event.operation === operation && event.outcome === "unclassified",
    eventsAll: surely + possibly,
  }));
}

function accessDrafts(source: SourceFacts, found: SourceFindings): Draft[] {
  return found.accesses.flatMap((access) => {
    const { operation, surely, possibly } = access;
    const { store } = accessOperation(source, access);
    const both = (count: (counts: AccessCounts) => number): number => count(surely) + count(possibly);
    const isThis = (event: ListedEvent): boolean =>
      event.source === source.name && event.operation === operation && event.access?.store === store;
    const opening = both((counts) => counts.opening);
    const rows = both((counts) => counts.rowsSum);
    const drafts: Draft[] = [];
    const draft = { source: source.name, gap: null, lengthMs: 0, rows: 0, rowsExcess: 0 };
    if (opening > 0) {
      drafts.push({
        ...draft,
        kind: "people-unknown",
        stores: [store],
        texts: () => peopleUnknownTexts(operation, store),
        concerns: (event) => isThis(event) && event.access?.opensStore === true,
        eventsAll: opening,
      });
    }
    if (rows > 0) {
      drafts.push({
        ...draft,
        kind: "rows",
        stores: [],
        rows,
        rowsExcess: both((counts) => counts.rowsExcess),
        texts: () => rowsTexts(operation, rows),
        concerns: (event) => isThis(event) && (event.access?.rows ?? 0) > 0,
        eventsAll: 0,
      });
    }
    return drafts;
  });
}

/** How much each adds, and the bound without it: a store closes only when nothing else leaves it open. */
function weigh({ map, question, findings, answer }: HintsRequest, drafts: readonly Draft[]): Candidate[] {
  const exposure = findExposure(map, findings.sources);
  const { openStores } = answer.coverage;
  const openers = new Map<string, number>();
  for (const { stores } of drafts) {
    for (const store of stores) openers.set(store, (openers.get(store) ?? 0) + 1);
  }
  const populations = new Map(openStores.map(({ store, accounts }) => [store, accounts]));
  const decoys = question.decoys.length;
  return drafts.map(({ rows, rowsExcess, ...draft }) => {
    const closed = new Set(draft.stores.filter((store) => openers.get(store) === 1));
    const left: Exposure = {
      ...exposure,
      rowsSum: exposure.rowsSum - rows,
      rowsExcess: exposure.rowsExcess - rowsExcess,
    };
    return {
      ...draft,
      adds: rows + draft.stores.reduce((sum, store) => sum + (populations.get(store) ?? 0), 0),
      atMostThen: boundAccounts(
        { findings, exposure: left, decoys },
        openStores.filter(({ store }) => !closed.has(store)),
        false,
      ).atMost,
    };
  });
}

/** The upper bound if everything that leaves one store open were settled and showed nobody more. */
export function atMostWithStoreClosed(
  { map, question, findings, answer }: HintsRequest,
  { store: closed }: OpenStore,
): number {
  const exposure = findExposure(map, findings.sources);
  const left = answer.coverage.openStores.filter(({ store }) => store !== closed);
  return boundAccounts({ findings, exposure, decoys: question.decoys.length }, left, false).atMost;
}

function possibleCandidates(request: HintsRequest): Candidate[] {
  const { map, question, findings, answer, events } = request;
  const inquiry = inquire(map, question);
  const possible = findings.sources.filter(({ suspectEventsPossibly }) => suspectEventsPossibly > 0);
  const onlyPossibly = findings.accountsPossibly - findings.accounts;
  // Accounts are counted over all sources together: with several such sources nobody can tell whose an account is.
  const untold = possible.length > 1 && onlyPossibly > 0;
  return possible.flatMap((found) => {
    const source = map.sources.find(({ name }) => name === found.source);
    if (source === undefined) return [];
    const concerns = (event: ListedEvent): boolean => event.source === source.name && !event.surely;
    const left: Findings = {
      ...findings,
      accountsPossibly: findings.accounts,
      sources: findings.sources.map((other) => (other === found ? withoutPossible(found) : other)),
    };
    const exposure = findExposure(map, left.sources);
    const decoys = question.decoys.length;
    const gaps = answer.coverage.gaps;
    const openStores = findOpenStores({ map, findings: left, exposure, gaps, decoys });
    const reach = (people: number, by: Exposure, open: readonly OpenStore[]): number =>
      people + by.rowsSum + open.reduce((sum, { accounts }) => sum + accounts, 0);
    const adds =
      reach(findings.accountsPossibly, findExposure(map, findings.sources), answer.coverage.openStores) -
      reach(findings.accounts, exposure, openStores);
    const candidate: Candidate = {
      kind: "possible",
      source: source.name,
      stores: [],
      gap: null,
      lengthMs: 0,
      texts: () =>
        possibleTexts(source, inquiry, {
          events: events.filter(concerns),
          all: found.suspectEventsPossibly,
        }),
      concerns,
      eventsAll: found.suspectEventsPossibly,
      adds: untold ? null : adds,
      atMostThen: untold
        ? null
        : boundAccounts({ findings: left, exposure, decoys }, openStores, false).atMost,
    };
    return [candidate];
  });
}

function withoutPossible(found: SourceFindings): SourceFindings {
  const none: AccessCounts = { reaching: 0, opening: 0, rowsSum: 0, rowsMax: 0, rowsOver: 0, rowsExcess: 0 };
  return {
    ...found,
    accesses: found.accesses.map((access) => ({ ...access, possibly: none })),
    unclassified: found.unclassified.filter(({ surely }) => surely > 0),
  };
}
