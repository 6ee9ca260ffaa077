import type { Answer } from "@cordon/scope";
import type { Deliveries } from "./event.ts";
import type { Sender } from "./fact-sheet.ts";
import type { Measure } from "./measure.ts";

interface OpenIncident {
  readonly kind: "open-incident";
  readonly incidentId: string;
  readonly title: string;
}

/** What evidence said to a question. */
interface RecordAnswer {
  readonly kind: "record-answer";
  readonly folder: string;
  readonly map: { readonly [key: string]: unknown };
  readonly question: { readonly [key: string]: unknown };
  readonly questionDigest: string;
  readonly window: { readonly from: string; readonly to: string };
  readonly decoys: readonly string[];
  readonly answer: Answer;
  readonly accountIds: readonly string[] | null;
}

interface AcceptAssumption {
  readonly kind: "accept-assumption";
  readonly answerDigest: string;
  readonly assumption: string;
  readonly name: string;
}

interface MakeClaim {
  readonly kind: "make-claim";
  readonly claimId: string;
  readonly answerDigest: string;
}

interface RecordDecision {
  readonly kind: "record-decision";
  readonly statement: string;
  readonly because: string;
  readonly name: string;
}

interface DraftPlan {
  readonly kind: "draft-plan";
  readonly planId: string;
  readonly measures: readonly Measure[];
}

interface PlanCommand {
  readonly kind: "approve-plan" | "propose-lift" | "approve-lift";
  readonly planId: string;
}

interface DraftNotice {
  readonly kind: "draft-notice";
  readonly noticeId: string;
  readonly sender: Sender;
}

interface ApproveNotice {
  readonly kind: "approve-notice";
  readonly noticeId: string;
}

/** A claim that the notice rests on no longer holds: sending has ended. */
interface StopNotice {
  readonly kind: "stop-notice";
  readonly noticeId: string;
  readonly because: string;
}

interface CompleteNotice {
  readonly kind: "complete-notice";
  readonly noticeId: string;
  readonly affected: Deliveries;
  readonly everybodyElse: Deliveries;
}

interface GiveAllClear {
  readonly kind: "give-all-clear";
}

export type IncidentCommand =
  | OpenIncident
  | RecordAnswer
  | AcceptAssumption
  | MakeClaim
  | RecordDecision
  | DraftPlan
  | PlanCommand
  | DraftNotice
  | ApproveNotice
  | StopNotice
  | CompleteNotice
  | GiveAllClear;

/** What a decision depends on besides the incident. */
export interface DecisionContext {
  /** Who commands: an operator, or `cordon` for a worker. */
  readonly operator: string;
  readonly nowMs: number;
  /** Ids of the measures of plans that were ever approved, in any incident, with their plan. */
  readonly takenMeasures: ReadonlyMap<string, string>;
}
