import type { Done } from "../event.ts";
import type { StartEvent } from "./rule.ts";

interface DutyMarketsSet extends Done {
  readonly markets: readonly string[];
  readonly because: string | null;
}

interface DutyEventRecorded extends Done {
  readonly event: StartEvent;
  readonly at: string;
  /** The time that was known until now; null: none was. */
  readonly before: string | null;
  readonly name: string;
  readonly because: string | null;
}

interface DutyDone extends Done {
  readonly rule: string;
  readonly at: string;
  readonly reference: string;
  readonly authority: string | null;
  readonly name: string;
}

interface DutyWaived extends Done {
  readonly rule: string;
  readonly because: string;
  readonly name: string;
}

interface DutyReopened extends Done {
  readonly rule: string;
  readonly because: string;
}

interface DutyExtended extends Done {
  readonly rule: string;
  readonly until: string;
  readonly because: string;
}

interface DutyTolled extends Done {
  readonly rule: string;
  readonly from: string;
  readonly to: string | null;
  readonly because: string;
}

interface DutyNoted extends Done {
  readonly rule: string;
  readonly dueAt: string;
}

export interface DutyEventData {
  readonly "duty-markets-set": DutyMarketsSet;
  readonly "duty-event-recorded": DutyEventRecorded;
  readonly "duty-done": DutyDone;
  readonly "duty-waived": DutyWaived;
  readonly "duty-reopened": DutyReopened;
  readonly "duty-extended": DutyExtended;
  readonly "duty-tolled": DutyTolled;
  readonly "duty-due-soon": DutyNoted;
  readonly "duty-overdue": DutyNoted;
}
