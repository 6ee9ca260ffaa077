import type { SuspectField } from "./map-facts.ts";

/** Which of the suspects' accesses are asked for: inside [from, to), in microseconds since the epoch. */
export interface Question {
  readonly fromUs: number;
  readonly toUs: number;
  /** Any entry may match; within an entry all fields must. */
  readonly suspects: readonly ReadonlyMap<SuspectField, string>[];
  /** Planted records: reported, never counted as people. Sorted by code point, without repeats. */
  readonly decoys: readonly string[];
}
