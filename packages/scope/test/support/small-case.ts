import type { DataClass } from "@cordon/model";
import type {
  AccessCounts,
  AccessFindings,
  ChainFindings,
  CoverageFacts,
  Findings,
  MapFacts,
  OperationFacts,
  Question,
  SourceFacts,
  SourceFindings,
  StoreFacts,
} from "../../src/index.ts";

/** Seconds from the beginning of the window, as microseconds since the epoch. */
export function at(seconds: number): number {
  return Date.UTC(2014, 4, 20) * 1000 + seconds * 1_000_000;
}

/** How long the window is, in seconds. */
export const windowSeconds = 1000;

export function stretch(from: number, to: number): { fromUs: number; toUs: number } {
  return { fromUs: at(from), toUs: at(to) };
}

/** The time as an answer prints it. */
export function text(seconds: number): string {
  return new Date(at(seconds) / 1000).toISOString();
}

export function smallQuestion(more: Partial<Question> = {}): Question {
  return {
    ...stretch(0, windowSeconds),
    suspects: [new Map([["actor", "intruder"]])],
    decoys: [],
    ...more,
  };
}

export function smallStore(
  name = "profiles",
  classes: readonly DataClass[] = ["user.name"],
  accounts: "all" | number = "all",
): StoreFacts {
  return { name, classes, accounts };
}

export function mapped(
  store = "profiles",
  classes: readonly DataClass[] = ["user.name"],
  effect: "read" | "write" | "delete" = "read",
): OperationFacts {
  return { kind: "mapped", store, classes, effect };
}

/** A source that is proven complete far beyond the window by sequence numbers. */
export function smallSource(more: Partial<SourceFacts> = {}): SourceFacts {
  return {
    name: "api",
    store: "profiles",
    fields: new Set(["actor", "operation"]),
    operations: new Map([["get", [mapped(more.store ?? "profiles")]]]),
    coverage: [proof({ kind: "sequence", chains: null })],
    skewUs: 0,
    ...more,
  };
}

export function proof(kind: CoverageFacts["proof"], from = -500, to = 1500): CoverageFacts {
  return { ...stretch(from, to), proof: kind };
}

export function smallMap(more: Partial<MapFacts> = {}): MapFacts {
  return { stores: [smallStore()], sources: [smallSource()], ...more };
}

/** What is found in a source whose only chain has no hole. */
export function found(more: Partial<SourceFindings> = {}): SourceFindings {
  return {
    source: "api",
    readable: 10,
    events: 10,
    rejected: 0,
    suspectEvents: 0,
    suspectEventsPossibly: 0,
    accesses: [],
    unclassified: [],
    chains: [chain()],
    alive: [],
    proven: [],
    digestProblems: [],
    ...more,
  };
}

export function chain(more: Partial<ChainFindings> = {}): ChainFindings {
  return { chain: null, firstUs: at(-500), lastUs: at(1500), holes: [], repeated: 0, ...more };
}

export function access(
  surely: Partial<AccessCounts>,
  more: { readonly operation?: string; readonly possibly?: Partial<AccessCounts> } = {},
): AccessFindings {
  const none = { reaching: 0, opening: 0, rowsSum: 0, rowsMax: 0, rowsOver: 0, rowsExcess: 0 };
  return {
    operation: more.operation ?? "get",
    entry: 0,
    surely: { ...none, ...surely },
    possibly: { ...none, ...more.possibly },
  };
}

/** One number of people given by one access. */
export function rowsOf(rows: number): Partial<AccessCounts> {
  return { reaching: 1, rowsSum: rows, rowsMax: rows };
}

/** A service of 100 people of whose data nobody reached any. */
export function smallFindings(more: Partial<Findings> = {}): Findings {
  return {
    sources: [found()],
    accounts: 0,
    accountsPossibly: 0,
    accountIds: [],
    accountsLacking: 0,
    population: 100,
    attempted: { events: 0, accounts: 0 },
    decoysTouched: [],
    decoysTouchedByOthers: [],
    firstAccessUs: null,
    lastAccessUs: null,
    effects: { read: 0, write: 0, delete: 0 },
    digest: "sha256:00",
    rejectedLines: [],
    ...more,
  };
}

/** That surely counted accesses name these accounts, through `get`. */
export function named(...accountIds: readonly string[]): Partial<Findings> {
  return {
    accountIds,
    accounts: accountIds.length,
    accountsPossibly: accountIds.length,
    sources: [found({ accesses: [access({ reaching: accountIds.length })] })],
  };
}
