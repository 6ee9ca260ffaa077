import type { Step } from "../incident.ts";
import type { StartEvent } from "./rule.ts";

/** A start event as it was recorded. Of those of a kind the one recorded last stands. */
export interface RecordedStart extends Step {
  readonly event: StartEvent;
  /** When it happened, as `name` decided. */
  readonly at: string;
  readonly before: string | null;
  readonly name: string;
  readonly because: string | null;
}

/** How a duty was settled: done, or found not to apply. */
export type DutySettlement =
  | (Step & {
      readonly outcome: "done";
      readonly at: string;
      readonly reference: string;
      readonly authority: string | null;
      readonly name: string;
    })
  | (Step & { readonly outcome: "not-applicable"; readonly because: string; readonly name: string });

/** What an incident knows of its duties. Clocks are not part of it: they are worked out when somebody asks. */
export interface DutyLog {
  readonly markets: readonly string[];
  /** All that were recorded, the corrected ones too. */
  readonly starts: readonly RecordedStart[];
  /** By rule; without those that were reopened. */
  readonly settled: ReadonlyMap<string, DutySettlement>;
  readonly extensions: readonly (Step & {
    readonly rule: string;
    readonly until: string;
    readonly because: string;
  })[];
  readonly standstills: readonly (Step & {
    readonly rule: string;
    readonly from: string;
    readonly to: string | null;
    readonly because: string;
  })[];
  /** What was noted as time passed. */
  readonly noted: readonly (Step & {
    readonly rule: string;
    readonly what: "soon" | "overdue";
    readonly dueAt: string;
  })[];
  /** Everything that was done on duties, in words, for the timeline. */
  readonly told: readonly (Step & { readonly what: string; readonly rule: string | null })[];
}

export const newDutyLog: DutyLog = {
  markets: [],
  starts: [],
  settled: new Map(),
  extensions: [],
  standstills: [],
  noted: [],
  told: [],
};

/** The start event of a kind that counts now; null: none was recorded. */
export function standingStart({ starts }: DutyLog, event: StartEvent): RecordedStart | null {
  return starts.findLast((one) => one.event === event) ?? null;
}
