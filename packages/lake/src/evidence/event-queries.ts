import type { DataMap } from "@cordon/evidence";
import type { Inquiry } from "@cordon/scope";

/** What is asked of the events, wherever they rest. Sources are named by their position in the map. */
export interface EventQuestion {
  readonly map: DataMap;
  readonly inquiry: Inquiry;
  /** How many people there are; null when nobody says. */
  readonly population: number | null;
}

/** The suspects' events of one kind, counted. */
export interface SuspectCounts {
  readonly source: number;
  /** One of eventKinds. */
  readonly kind: number;
  /** Null for kinds that are not told apart by operation. */
  readonly operation: string | null;
  readonly entry: number | null;
  /** False for events that are only possibly inside the window or only possibly a suspect's. */
  readonly surely: boolean;
  readonly events: number;
  /** Accesses that reached people, and those of which the record does not tell whom. */
  readonly reaching: number;
  readonly opening: number;
  readonly rowsSum: number;
  readonly rowsMax: number;
  readonly rowsOver: number;
  readonly rowsExcess: number;
  /** Of the accesses that reached people; null when there are none. */
  readonly firstUs: number | null;
  readonly lastUs: number | null;
}

/** Distinct accounts, decoys left out, that the suspects' events name. */
export interface NamedAccounts {
  /** By accesses, surely or possibly. */
  readonly named: number;
  readonly surelyNamed: number;
  readonly refused: number;
  readonly read: number;
  readonly written: number;
  readonly deleted: number;
  /** The first of the surely named ones by code point. */
  readonly firstIds: readonly string[];
}

/** One suspect event as it lies at rest. */
export interface SuspectRow {
  readonly source: number;
  readonly file: number;
  readonly line: number;
  readonly timeUs: number;
  readonly operation: string;
  readonly kind: number;
  readonly entry: number | null;
  readonly surely: boolean;
  readonly accounts: readonly string[];
  readonly accountsNamed: number;
  readonly rows: number | null;
  readonly opensStore: boolean;
}

/**
 * The events of a lake, as one engine asks them. Nothing is approximate: they are counts of people. Adapters pass the
 * conformance suite in `test/evidence/event-queries-conformance.ts`.
 */
export interface EventQueries {
  countSuspects(): Promise<readonly SuspectCounts[]>;
  nameAccounts(): Promise<NamedAccounts>;
  /** All accounts that accesses name, surely or possibly, in portions. */
  accounts(): AsyncIterable<readonly string[]>;
  /** The decoys among what surely counted suspect accesses name, and among what other accesses name. */
  findDecoys(): Promise<{ readonly touched: readonly string[]; readonly byOthers: readonly string[] }>;
  /** By time, file and line. */
  listSuspects(eventsMax: number, accountsShownMax: number): Promise<readonly SuspectRow[]>;
  close(): Promise<void>;
}
