import type { DataClass } from "@cordon/model";

import type { Assumption, GapReason } from "./answer.ts";
import type { CoverageTimeline, ProofKind } from "./coverage-timeline.ts";

/** How much an explanation lists, at most; beside each list stands how many more there are. */
export const explanationLimits = {
  people: 1000,
  /** Of each person, class and hint. */
  events: 20,
  /** Of each store that holds a class not accessed. */
  stretches: 20,
  hints: 100,
} as const;

/** One of the suspects' events, as the lake lists it. */
export interface ListedEvent {
  readonly file: string;
  readonly line: number;
  readonly source: string;
  readonly time: string;
  readonly operation: string;
  readonly outcome: "succeeded" | "refused" | "ignored" | "unclassified";
  readonly surely: boolean;
  readonly access: ListedAccess | null;
}

export interface ListedAccess {
  readonly store: string;
  readonly effect: "read" | "write" | "delete";
  readonly classes: readonly DataClass[];
  /** The first accounts named, decoys included. */
  readonly accounts: readonly string[];
  readonly accountsNamed: number;
  readonly rows: number | null;
  readonly opensStore: boolean;
}

/** Why an answer is what it is, and what would make it sharper. */
export interface Explanation {
  readonly bounds: BoundsExplanation;
  readonly people: {
    readonly listed: readonly PersonExplanation[];
    /** People named beyond those listed. */
    readonly more: number;
  };
  readonly classes: {
    readonly accessed: readonly AccessedClass[];
    readonly notAccessed: readonly NotAccessedClass[];
    readonly unknown: readonly UnknownClass[];
  };
  readonly hints: { readonly listed: readonly Hint[]; readonly more: number };
  readonly assumptions: readonly { readonly assumption: Assumption; readonly means: string }[];
  readonly timeline: CoverageTimeline;
  /** False when there are more suspect events than this was made from. */
  readonly allEvents: boolean;
}

/** How `atMost` is made up: named + rows + the open stores, at most the cap, at least `atLeast`. */
export interface BoundsExplanation {
  readonly atLeast: number;
  readonly atMost: number;
  /** Distinct accounts that the suspects' reads name, surely or possibly. */
  readonly named: number;
  readonly namedOnlyPossibly: number;
  /** The sum of all numbers of people. */
  readonly rows: number;
  readonly openStores: readonly {
    readonly store: string;
    readonly accounts: number;
    readonly because: readonly ("gap" | "unclassified" | "people-unknown")[];
    /** The upper bound if everything that leaves this store open were settled and showed nobody more. */
    readonly atMostThen: number;
  }[];
  /** How many people there can be at all; null when nobody says. */
  readonly cap: number | null;
}

export interface EventPlace {
  readonly file: string;
  readonly line: number;
  readonly source: string;
  readonly time: string;
  readonly operation: string;
  readonly surely: boolean;
}

export interface EventPlaces {
  readonly listed: readonly EventPlace[];
  readonly more: number;
}

export interface PersonExplanation {
  readonly account: string;
  /** False when only events name the account that are possibly inside the window or possibly a suspect's. */
  readonly surely: boolean;
  readonly classes: readonly DataClass[];
  /** Empty when the events lie beyond those the explanation was made from. */
  readonly events: EventPlaces;
}

export interface AccessedClass {
  readonly dataClass: DataClass;
  readonly events: EventPlaces;
}

export interface NotAccessedClass {
  readonly dataClass: DataClass;
  /** Every store that holds the class, with every source that watched it, and by what it is proven that it did. */
  readonly watched: readonly {
    readonly store: string;
    readonly source: string;
    readonly proven: readonly {
      readonly from: string;
      readonly to: string;
      readonly by: readonly ProofKind[];
    }[];
    readonly more: number;
  }[];
}

export interface UnknownClass {
  readonly dataClass: DataClass;
  /** The events that possibly touched it. */
  readonly events: EventPlaces;
  /** The stores that hold it and could have been read unseen. */
  readonly openStores: readonly string[];
  /** Ids of the listed hints that speak of it. */
  readonly hints: readonly string[];
}

/** One thing that keeps the answer from being sharper. */
export interface Hint {
  /** `h1`, `h2`, … in the order of the list. */
  readonly id: string;
  readonly kind: "gap" | "unclassified" | "people-unknown" | "rows" | "possible";
  /** What is missing, in one sentence. */
  readonly what: string;
  /** What would settle it, in one sentence. */
  readonly settle: string;
  readonly source: string | null;
  readonly stores: readonly string[];
  /** Only of a gap. */
  readonly gap: { readonly from: string; readonly to: string; readonly reason: GapReason } | null;
  readonly events: EventPlaces;
  /** How many people it adds to the sum behind `atMost`, other hints aside; null when that cannot be told. */
  readonly adds: number | null;
  /** The upper bound if this alone were settled and showed nobody more; null when that cannot be told. */
  readonly atMostThen: number | null;
}
