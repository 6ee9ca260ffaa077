import type { RejectedLine } from "./answer.ts";
import type { Stretch } from "./stretch.ts";

/** What the evidence holds, as facts; what follows from them is the answer's business. */
export interface Findings {
  readonly sources: readonly SourceFindings[];
  /** Distinct accounts, decoys left out, that surely counted accesses name. */
  readonly accounts: number;
  /** The same with the accounts that only possibly counted accesses name. */
  readonly accountsPossibly: number;
  /** The first of the surely named accounts by code point. */
  readonly accountIds: readonly string[];
  /** Accounts named, surely or possibly, that the directory lacks or that began at or after the window's end. */
  readonly accountsLacking: number;
  /** How many people the directory (or the operator) says there are, decoys left out; null when nobody says. */
  readonly population: number | null;
  readonly attempted: { readonly events: number; readonly accounts: number };
  readonly decoysTouched: readonly string[];
  readonly decoysTouchedByOthers: readonly string[];
  readonly firstAccessUs: number | null;
  readonly lastAccessUs: number | null;
  readonly effects: { readonly read: number; readonly write: number; readonly delete: number };
  /** Over the multiset of raw lines of each source: `sha256:` and hex. */
  readonly digest: string;
  /** The first of the unreadable lines. */
  readonly rejectedLines: readonly RejectedLine[];
}

export interface SourceFindings {
  readonly source: string;
  /** Readable lines, repeats included. */
  readonly readable: number;
  readonly events: number;
  readonly rejected: number;
  /** Suspect events surely inside the window and surely a suspect's, and those only possibly. */
  readonly suspectEvents: number;
  readonly suspectEventsPossibly: number;
  readonly accesses: readonly AccessFindings[];
  readonly unclassified: readonly {
    readonly operation: string;
    readonly surely: number;
    readonly possibly: number;
  }[];
  /** One for each chain of sequence numbers; empty when the source's coverage does not rest on them. */
  readonly chains: readonly ChainFindings[];
  /**
   * When the source gave signs of life: closed stretches in order, as long as can be, in which no two consecutive readable
   * lines are more than a second apart; a line alone is a stretch of no length. Empty when nothing was read, or when no
   * heartbeat proves any of the source's coverage.
   */
  readonly alive: readonly Stretch[];
  /** The stretches [from, to) that the chain of digests proves; empty without one. */
  readonly proven: readonly Stretch[];
  /** What is wrong with the digests, a sentence each. */
  readonly digestProblems: readonly string[];
}

/** The suspects' successful accesses by one entry of an operation. */
export interface AccessFindings {
  readonly operation: string;
  readonly entry: number;
  readonly surely: AccessCounts;
  readonly possibly: AccessCounts;
}

export interface AccessCounts {
  /** Accesses that reached people: not nobody, and not decoys alone. */
  readonly reaching: number;
  /** Accesses of which the record does not tell whom they reached. */
  readonly opening: number;
  readonly rowsSum: number;
  readonly rowsMax: number;
  /** Accesses with more rows than the population, and by how many in all. */
  readonly rowsOver: number;
  readonly rowsExcess: number;
}

/** Times in microseconds. */
export interface ChainFindings {
  /** Null for the source's one chain, and for lines that do not name theirs. */
  readonly chain: string | null;
  readonly firstUs: number;
  readonly lastUs: number;
  /** Closed stretches with missing numbers that reach into the window, unbroken and in order. */
  readonly holes: readonly Stretch[];
  /** Numbers that different events carry. */
  readonly repeated: number;
}
