import type { Effect, FieldName, MappedOperation, People } from "./data-map.ts";

/** A normalised log record. */
export interface LogEvent {
  readonly timeUs: number;
  /** Null when the source maps no id: then every line is an event of its own. */
  readonly id: string | null;
  readonly operation: string;
  /** The texts of the mapped fields that a suspect may be known by; null where the record has none. */
  readonly fields: ReadonlyMap<FieldName, string | null>;
  readonly sequence: bigint | null;
  /** The value of the source's chain path; null when it has none or the record does not say. */
  readonly chain: string | null;
  readonly outcome: Outcome;
  /** How the record says whom it reached, by the operation's entry that fits; null when none does or it is ignored. */
  readonly people: People | null;
  /** What the other parts leave open of the values at the mapped paths: lines of one id that agree in all are one event. */
  readonly untold: readonly string[];
}

/** What an event means for people's data. */
export type Outcome =
  | { readonly kind: "ignored" }
  /** `names`: the accounts that the attempt named, as far as the record tells. */
  | { readonly kind: "refused"; readonly names: readonly string[] }
  /** The map does not know the operation: it could have read any class of its source's store. */
  | { readonly kind: "unclassified" }
  | Access;

/** A successful access to people's data by an operation of the map. */
export interface Access {
  readonly kind: "access";
  /** Which of the operation's entries fitted. */
  readonly entry: number;
  readonly operation: MappedOperation;
  readonly effect: Effect;
  /** The accounts it named, without repeats; empty when the operation gives a number of people. */
  readonly names: readonly string[];
  /** A number of people whose ids are unknown; null when the operation gives none. */
  readonly rows: number | null;
  /** True when whom it reached cannot be told from the record: it leaves its store open. */
  readonly opensStore: boolean;
}

/** A record that is not an event. `reason` is one clause in lower case. */
export interface Unreadable {
  readonly unreadable: string;
}
