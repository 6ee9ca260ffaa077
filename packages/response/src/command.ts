import type { Answer } from "@cordon/scope";
import type { Deliveries } from "./event.ts";
import type { AllClearCommand } from "./all-clear/decide-all-clear.ts";
import type { ApprovalCommand } from "./approval/approval-command.ts";
import type { ApprovalRules } from "./approval/approval-rules.ts";
import type { Sender } from "./fact-sheet.ts";
import type { LifecycleCommand } from "./lifecycle/lifecycle-command.ts";
import type { Measure } from "./measure.ts";
import type { RetentionCommand } from "./retention/retention-command.ts";
import type { RiskCommand } from "./risk/risk-command.ts";
import type { Role } from "./role.ts";
import type { PlanTerms } from "./run/plan-terms.ts";
import type { RunCommand } from "./run/run-command.ts";
import type { DutyCommand } from "./duties/duty-command.ts";
import type { DutyBook } from "./duties/incident-duties.ts";

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
  /** How it is run; left out: it is put in force whole. */
  readonly terms?: PlanTerms | null;
}

/** Other measures or terms in the place of a draft's. Voids whatever approvals it had. */
interface EditPlan {
  readonly kind: "edit-plan";
  readonly planId: string;
  readonly measures: readonly Measure[];
  readonly terms: PlanTerms | null;
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

export type IncidentCommand =
  | OpenIncident
  | RecordAnswer
  | AcceptAssumption
  | MakeClaim
  | RecordDecision
  | DraftPlan
  | EditPlan
  | DraftNotice
  | ApproveNotice
  | StopNotice
  | CompleteNotice
  | AllClearCommand
  | LifecycleCommand
  | ApprovalCommand
  | RunCommand
  | RiskCommand
  | DutyCommand
  | RetentionCommand;

/** What a decision depends on besides the incident. */
export interface DecisionContext {
  /** Who commands: an operator, or `cordon` for a worker. */
  readonly operator: string;
  readonly nowMs: number;
  /** Ids of the measures of plans that were ever approved, in any incident, with their plan. */
  readonly takenMeasures: ReadonlyMap<string, string>;
  /** The roles of every operator, as whoever keeps the operators has them. They decide who may do what. */
  readonly roles: ReadonlyMap<string, readonly Role[]>;
  /** The roles that the one who commands is limited to here, by their token; left out: all that they have. */
  readonly scope?: readonly Role[];
  /** The rules that duties are worked out by; left out: Cordon's own. */
  readonly duties?: DutyBook;
  /** Left out: `defaultApprovalRules`. */
  readonly approvalRules?: ApprovalRules;
}
