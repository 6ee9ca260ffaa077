import type { BrowserFigures } from "../browsers/browsers-messages.ts";
import type { Phase } from "../drill/phases.ts";
import type { Variant } from "../truth/hidden-truth.ts";

/** What a drill writes (contracts 6). Every figure was observed at the far end; all but `phases`, `times` and `journal.entries` follow from the seed. */
export interface DrillReport {
  readonly accounts: number;
  readonly seed: number;
  readonly variant: Variant;
  readonly truth: { readonly affected: number; readonly classesRead: readonly string[] };
  readonly claimed: {
    readonly kind: string;
    readonly atLeast: number;
    readonly atMost: number;
    readonly accessed: readonly string[];
    readonly notAccessed: readonly string[];
    readonly unknown: readonly string[];
  };
  /** Statements in the claim and in the received mails that the hidden truth contradicts. */
  readonly falseClaims: number;
  readonly falseStatements: readonly string[];
  readonly phases: readonly Phase[];
  /** People, as the gates of the service saw them. */
  readonly reauthenticated: number;
  readonly upgraded: number;
  readonly redownloaded: number;
  readonly refused: number;
  /** People whom no gate asked for anything. */
  readonly undisturbed: number;
  /** People who were asked for something that they are not concerned by, and people concerned who were never asked. */
  readonly cohorts: { readonly wronglyAsked: number; readonly notAsked: number };
  readonly notices: {
    readonly planned: number;
    /** Distinct messages that the mail server received. */
    readonly delivered: number;
    readonly failed: number;
    readonly unknown: number;
    readonly duplicates: number;
    /** Whether the affected people's messages came before everybody else's. */
    readonly affectedFirst: boolean;
    readonly toDecoys: number;
  };
  /** A few people at real browsers, as their pages showed it; null where no browser runs. */
  readonly browsers: BrowserFigures | null;
  readonly journal: { readonly entries: number; readonly verified: boolean };
  /** What is not as it should be, in words; empty when the drill went well. */
  readonly shortfalls: readonly string[];
  readonly notes: readonly string[];
  readonly times: {
    readonly startedAt: string;
    readonly endedAt: string;
    readonly totalMs: number;
    /** From the bundle's coming into force to each instance's deciding by it. */
    readonly propagationMs: readonly number[];
    readonly decisions: number;
    readonly controlPlaneRestarts: number;
  };
}
