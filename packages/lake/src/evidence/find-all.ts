import { eventKinds, type DataMap } from "@cordon/evidence";
import { compareCodePoints } from "@cordon/model";
import type {
  AccessCounts,
  AccessFindings,
  ChainFindings,
  Findings,
  Inquiry,
  RejectedLine,
  SourceFindings,
} from "@cordon/scope";

import type { Population } from "../directory/population.ts";
import { rejectedLinesMax } from "./evidence-intake.ts";
import type { EventQueries, SuspectCounts } from "./event-queries.ts";
import type { ChainSummary } from "./event-summary.ts";
import { evidenceDigest } from "./evidence-digest.ts";
import type { StoredEvidence } from "./stored-evidence.ts";

interface FindingRequest {
  readonly map: DataMap;
  readonly inquiry: Inquiry;
  readonly evidence: StoredEvidence;
  readonly queries: EventQueries;
  readonly population: Population | number | null;
}

/** Asks the evidence everything that an answer is made of. */
export async function findAll(request: FindingRequest): Promise<Findings> {
  const { map, evidence, queries, population } = request;
  const counts = await queries.countSuspects();
  const people = await queries.nameAccounts();
  const decoys = await queries.findDecoys();
  const digests = new Map<string, string>();
  for (const [index, source] of map.sources.entries())
    digests.set(source.name, await evidence.linesDigest(index));
  const refused = counts.filter(({ kind, surely }) => kind === eventKinds.refused && surely);
  const accesses = counts.filter(({ kind, surely }) => kind === eventKinds.access && surely);
  return {
    sources: await findSources(request, counts),
    accounts: people.surelyNamed,
    accountsPossibly: people.named,
    accountIds: people.firstIds,
    accountsLacking: await countLacking(queries, population, people.named),
    population: population === null || typeof population === "number" ? population : population.all,
    attempted: { events: total(refused, ({ events }) => events), accounts: people.refused },
    decoysTouched: decoys.touched,
    decoysTouchedByOthers: decoys.byOthers,
    firstAccessUs: extreme(Math.min, accesses, ({ firstUs }) => firstUs),
    lastAccessUs: extreme(Math.max, accesses, ({ lastUs }) => lastUs),
    effects: { read: people.read, write: people.written, delete: people.deleted },
    digest: evidenceDigest(digests),
    rejectedLines: firstRejected(map, evidence),
  };
}

async function findSources(
  { map, inquiry, evidence }: FindingRequest,
  counts: readonly SuspectCounts[],
): Promise<SourceFindings[]> {
  const sources: SourceFindings[] = [];
  for (const [index, source] of map.sources.entries()) {
    const files = evidence.sources[index]?.files ?? [];
    const own = counts.filter((count) => count.source === index);
    const proofs = new Set(source.coverage.map(({ proof }) => proof.kind));
    const coverage = await evidence.coverage(index, source, {
      alive: proofs.has("heartbeat"),
      chains: proofs.has("sequence"),
      digests: proofs.has("digest"),
    });
    sources.push({
      source: source.name,
      readable: total(files, ({ readable }) => readable),
      events: evidence.events(index),
      rejected: total(files, ({ rejected }) => rejected),
      suspectEvents: total(
        own.filter(({ surely }) => surely),
        ({ events }) => events,
      ),
      suspectEventsPossibly: total(
        own.filter(({ surely }) => !surely),
        ({ events }) => events,
      ),
      accesses: accessFindings(own),
      unclassified: unclassifiedFindings(own),
      chains: [...coverage.chains]
        .sort((a, b) => compareCodePoints(a.chain ?? "", b.chain ?? ""))
        .map((chain) => chainFindings(chain, inquiry)),
      alive: coverage.alive,
      proven: coverage.proven,
      digestProblems: coverage.digestProblems,
    });
  }
  return sources;
}

const none: AccessCounts = { reaching: 0, opening: 0, rowsSum: 0, rowsMax: 0, rowsOver: 0, rowsExcess: 0 };

function accessFindings(counts: readonly SuspectCounts[]): AccessFindings[] {
  const found: AccessFindings[] = [];
  for (const count of counts) {
    const { kind, operation, entry, surely } = count;
    if (kind !== eventKinds.access || operation === null || entry === null) continue;
    const known = found.findIndex((access) => access.operation === operation && access.entry === entry);
    const before = found[known] ?? { operation, entry, surely: none, possibly: none };
    const access = { ...before, [surely ? "surely" : "possibly"]: accessCounts(count) };
    if (known === -1) found.push(access);
    else found[known] = access;
  }
  return found;
}

function accessCounts({
  reaching,
  opening,
  rowsSum,
  rowsMax,
  rowsOver,
  rowsExcess,
}: SuspectCounts): AccessCounts {
  return { reaching, opening, rowsSum, rowsMax, rowsOver, rowsExcess };
}

function unclassifiedFindings(counts: readonly SuspectCounts[]): SourceFindings["unclassified"] {
  const found = new Map<string, { operation: string; surely: number; possibly: number }>();
  for (const { kind, operation, surely, events } of counts) {
    if (kind !== eventKinds.unclassified || operation === null) continue;
    const known = found.get(operation) ?? { operation, surely: 0, possibly: 0 };
    known[surely ? "surely" : "possibly"] += events;
    found.set(operation, known);
  }
  return [...found.values()];
}

/**
 * Follows a chain's numbers. They grow by one with time: a missing one lies between the lines beside it. Where one number
 * was used by different events at different times (a counter that began anew, a forgery), what lies between those times is
 * not proven either.
 */
function chainFindings({ chain, runs, repeats }: ChainSummary, { fromUs, toUs }: Inquiry): ChainFindings {
  const holes = repeats.filter((repeat) => repeat.fromUs < repeat.toUs);
  for (const [index, run] of runs.entries()) {
    const before = runs[index - 1];
    if (before === undefined) continue;
    holes.push({
      fromUs: Math.min(before.lastAt.fromUs, run.firstAt.fromUs),
      toUs: Math.max(before.lastAt.toUs, run.firstAt.toUs),
    });
  }
  const near = holes.filter((hole) => hole.fromUs < toUs && hole.toUs >= fromUs);
  return {
    chain,
    // A first number that stands at several times proves nothing before the last of them.
    firstUs: runs[0]?.firstAt.toUs ?? 0,
    lastUs: runs.at(-1)?.lastAt.fromUs ?? 0,
    holes: joinClosed(near),
    repeated: repeats.length,
  };
}

/** Closed stretches in order, with those that share an instant made one. */
function joinClosed(
  stretches: readonly { readonly fromUs: number; readonly toUs: number }[],
): { readonly fromUs: number; readonly toUs: number }[] {
  const joined: { readonly fromUs: number; readonly toUs: number }[] = [];
  for (const stretch of [...stretches].sort((a, b) => a.fromUs - b.fromUs || a.toUs - b.toUs)) {
    const last = joined.at(-1);
    if (last !== undefined && stretch.fromUs <= last.toUs)
      joined[joined.length - 1] = { fromUs: last.fromUs, toUs: Math.max(last.toUs, stretch.toUs) };
    else joined.push(stretch);
  }
  return joined;
}

async function countLacking(
  queries: EventQueries,
  population: Population | number | null,
  named: number,
): Promise<number> {
  if (population === null) return 0;
  // A mere number cannot say who is meant, but more people than it says are some that it lacks.
  if (typeof population === "number") return Math.max(0, named - population);
  let lacking = 0;
  for await (const ids of queries.accounts()) lacking += ids.length - (await population.counted(ids)).size;
  return lacking;
}

/** In the order of the map's sources, and of the files' names. */
function firstRejected(map: DataMap, evidence: StoredEvidence): RejectedLine[] {
  const rejected: RejectedLine[] = [];
  for (const index of map.sources.keys()) {
    const files = [...(evidence.sources[index]?.files ?? [])].sort((a, b) => (a.name < b.name ? -1 : 1));
    for (const file of files) rejected.push(...file.rejectedLines);
  }
  return rejected.slice(0, rejectedLinesMax);
}

function total<Item>(items: readonly Item[], count: (item: Item) => number): number {
  return items.reduce((sum, item) => sum + count(item), 0);
}

function extreme<Item>(
  choose: (...numbers: number[]) => number,
  items: readonly Item[],
  of: (item: Item) => number | null,
): number | null {
  let found: number | null = null;
  for (const item of items) {
    const value = of(item);
    if (value !== null) found = found === null ? value : choose(found, value);
  }
  return found;
}
