import type { StartEvent } from "./rule.ts";

/** Whose people or authorities are concerned, in place of those named before. `because`: null only where none is taken away. */
interface SetDutyMarkets {
  readonly kind: "set-duty-markets";
  readonly markets: readonly string[];
  readonly because: string | null;
}

/** Something that starts clocks happened at `at`, as a named person decided. */
interface RecordDutyEvent {
  readonly kind: "record-duty-event";
  readonly event: StartEvent;
  /** RFC 3339 with `Z`; before it is recorded, never after. */
  readonly at: string;
  readonly name: string;
  /** Null only where it takes no known time back. */
  readonly because: string | null;
}

/** What a duty asks for was done at `at`; `reference` is how it can be found again. */
interface MarkDutyDone {
  readonly kind: "mark-duty-done";
  readonly rule: string;
  readonly at: string;
  readonly reference: string;
  /** Which authority was told; null where the rule says enough. */
  readonly authority: string | null;
  readonly name: string;
}

interface WaiveDuty {
  readonly kind: "waive-duty";
  readonly rule: string;
  readonly because: string;
  readonly name: string;
}

/** It was not done, or applies after all. */
interface ReopenDuty {
  readonly kind: "reopen-duty";
  readonly rule: string;
  readonly because: string;
}

interface ExtendDuty {
  readonly kind: "extend-duty";
  readonly rule: string;
  readonly until: string;
  readonly because: string;
}

/** The clock stands still at law enforcement's wish. `to` null: until further notice. */
interface TollDuty {
  readonly kind: "toll-duty";
  readonly rule: string;
  readonly from: string;
  readonly to: string | null;
  readonly because: string;
}

/** Time has passed: a duty is due soon, or its time is over. Only a worker says so. */
interface NoteDuty {
  readonly kind: "note-duty";
  readonly rule: string;
  readonly what: "soon" | "overdue";
}

export type DutyCommand =
  SetDutyMarkets | RecordDutyEvent | MarkDutyDone | WaiveDuty | ReopenDuty | ExtendDuty | TollDuty | NoteDuty;
