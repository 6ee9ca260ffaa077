import type { SuspectField } from "./map-facts.ts";

/** What to ask the evidence: everything a row needs to be placed, and nothing of what it means. */
export interface Inquiry {
  readonly fromUs: number;
  readonly toUs: number;
  readonly decoys: readonly string[];
  /** How many account ids, at most, the answer lists. */
  readonly accountIdsMax: number;
  readonly sources: readonly SourceInquiry[];
}

export interface SourceInquiry {
  readonly source: string;
  /** An event nearer than this to an edge of the window is only possibly inside. */
  readonly skewUs: number;
  readonly suspects: readonly SuspectPattern[];
  /** The fields that a suspect is named by and this source does not map. */
  readonly unmapped: readonly SuspectField[];
  /** True when sequence numbers prove some of the source's coverage: its chains are then to be followed. */
  readonly sequence: boolean;
}

/** The texts that a suspect's events have in the fields this source maps. */
export interface SuspectPattern {
  readonly fields: readonly (readonly [SuspectField, string])[];
  /** False when the source does not map a field that the suspect names: a match is then only possibly the suspect's. */
  readonly certain: boolean;
}

export type Certainty = "surely" | "possibly" | "no";
