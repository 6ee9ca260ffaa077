import type { AccountBounds, Answer, DataClasses } from "@cordon/scope";
import type { AllClearEventData } from "./all-clear/decide-all-clear.ts";
import type { ApprovalEventData } from "./approval/approval-event.ts";
import type { DutyEventData } from "./duties/duty-event.ts";
import type { FactSheet } from "./fact-sheet.ts";
import type { LifecycleEventData } from "./lifecycle/lifecycle-event.ts";
import type { Measure } from "./measure.ts";
import type { RetentionEventData } from "./retention/retention-event.ts";
import type { RiskEventData } from "./risk/risk-event.ts";
import type { PlanTerms } from "./run/plan-terms.ts";
import type { RunEventData } from "./run/run-event.ts";

// Every event is a fact that was decided or found; its data is JSON and may hold personal data.

/** How an operator's command is known again when it is repeated. */
export interface CommandMark {
  readonly key: string;
  /** Over operation and body, so that a key can't be used for something else. */
  readonly requestDigest: string;
}

export interface Done {
  readonly by: string;
  readonly command?: CommandMark;
}

interface IncidentOpened extends Done {
  readonly incidentId: string;
  readonly title: string;
}

interface EvidenceRecorded extends Done {
  readonly folder: string;
  readonly evidenceDigest: string;
  readonly events: number;
  /** The answer that was taken from it. */
  readonly answerDigest: string;
}

interface QuestionAsked extends Done {
  readonly questionDigest: string;
  readonly question: { readonly [key: string]: unknown };
  readonly map: { readonly [key: string]: unknown };
}

export interface AnswerRecorded extends Done {
  readonly answerDigest: string;
  readonly questionDigest: string;
  readonly evidenceDigest: string;
  readonly folder: string;
  readonly window: { readonly from: string; readonly to: string };
  readonly decoys: readonly string[];
  readonly answer: Answer;
  /** All accounts that the answer names; null when there are more than are kept. */
  readonly accountIds: readonly string[] | null;
}

interface AssumptionAccepted extends Done {
  readonly answerDigest: string;
  readonly assumption: string;
  readonly name: string;
}

/** A claim says what it says even when the answer, which names people, has been erased. */
interface ClaimMade extends Done {
  readonly claimId: string;
  readonly answerDigest: string;
  readonly questionDigest: string;
  readonly accounts: AccountBounds;
  readonly dataClasses: DataClasses;
  readonly window: { readonly from: string; readonly to: string };
}

interface ClaimContradicted extends Done {
  readonly claimId: string;
  readonly answerDigest: string;
  readonly because: string;
}

interface DecisionRecorded extends Done {
  readonly statement: string;
  readonly because: string;
  readonly name: string;
  /** The signed decision that these words are; left out for words alone. */
  readonly riskDecisionId?: string;
}

interface PlanDrafted extends Done {
  readonly planId: string;
  readonly measures: readonly Measure[];
  readonly terms?: PlanTerms | null;
}

interface PlanEdited extends Done {
  readonly planId: string;
  readonly measures: readonly Measure[];
  readonly terms: PlanTerms | null;
}

interface PlanStep extends Done {
  readonly planId: string;
}

interface NoticeDrafted extends Done {
  readonly noticeId: string;
  readonly edition: number;
  readonly factSheet: FactSheet;
  readonly factSheetDigest: string;
  /** Accounts that a claim names. */
  readonly affected: readonly string[];
}

/** Who gets what: over the texts, the affected and the rule for everybody else. */
export interface NoticeManifest extends Done {
  readonly noticeId: string;
  readonly manifestDigest: string;
  readonly manifest: { readonly [key: string]: unknown };
  readonly unreachable: number;
  /** Base64; keys the Message-IDs. */
  readonly salt: string;
}

interface NoticeStep extends Done {
  readonly noticeId: string;
}

interface NoticeStopped extends NoticeStep {
  readonly because: string;
}

/** How many messages ended how. */
export interface Deliveries {
  readonly delivered: number;
  readonly failed: number;
  readonly unknown: number;
}

interface NoticeCompleted extends NoticeStep {
  readonly affected: Deliveries;
  readonly everybodyElse: Deliveries;
}

/** A bundle that enforcement points are given from then on; in the stream of bundles, for every incident. */
export interface BundlePutInForce {
  readonly version: number;
  readonly sha256: string;
  readonly bytes: number;
  readonly asOf: string;
  readonly rules: readonly { readonly id: string; readonly measure: string }[];
  readonly plans: readonly {
    readonly incidentId: string;
    readonly planId: string;
    /** The instant that measures without a cutoff of their own got, in this and every later bundle. */
    readonly cutoff: string;
    /** Members by measure id, for measures with a listed cohort. */
    readonly cohorts: { readonly [measureId: string]: number };
    /** The step of the plan's run that the bundle holds; left out: the latest. */
    readonly runStep?: number;
  }[];
  readonly lifted: readonly { readonly incidentId: string; readonly planId: string }[];
}

export interface IncidentEventData
  extends
    LifecycleEventData,
    ApprovalEventData,
    RunEventData,
    RiskEventData,
    AllClearEventData,
    DutyEventData,
    RetentionEventData {
  readonly "incident-opened": IncidentOpened;
  readonly "evidence-recorded": EvidenceRecorded;
  readonly "question-asked": QuestionAsked;
  readonly "answer-recorded": AnswerRecorded;
  readonly "assumption-accepted": AssumptionAccepted;
  readonly "claim-made": ClaimMade;
  readonly "claim-contradicted": ClaimContradicted;
  readonly "decision-recorded": DecisionRecorded;
  readonly "plan-drafted": PlanDrafted;
  readonly "plan-edited": PlanEdited;
  readonly "plan-approved": PlanStep;
  readonly "lift-proposed": PlanStep;
  readonly "lift-approved": PlanStep;
  readonly "notice-drafted": NoticeDrafted;
  readonly "notice-manifest": NoticeManifest;
  readonly "notice-approved": NoticeStep;
  readonly "notice-stopped": NoticeStopped;
  readonly "notice-completed": NoticeCompleted;
  readonly "all-clear-given": Done;
  readonly "bundle-in-force": BundlePutInForce;
}

export type IncidentEventType = keyof IncidentEventData;

/** An event of an incident. */
export type IncidentEvent = {
  readonly [T in IncidentEventType]: { readonly type: T; readonly data: IncidentEventData[T] };
}[IncidentEventType];

export const incidentEventTypes: ReadonlySet<string> = new Set<IncidentEventType>([
  "incident-opened",
  "evidence-recorded",
  "question-asked",
  "answer-recorded",
  "assumption-accepted",
  "claim-made",
  "claim-contradicted",
  "decision-recorded",
  "plan-drafted",
  "plan-approved",
  "lift-proposed",
  "lift-approved",
  "notice-drafted",
  "notice-manifest",
  "notice-approved",
  "notice-stopped",
  "notice-completed",
  "all-clear-given",
  "bundle-in-force",
  "plan-edited",
  "stage-moved",
  "incident-reopened",
  "severity-set",
  "role-granted",
  "role-revoked",
  "note-added",
  "task-added",
  "task-finished",
  "file-attached",
  "approval-asked",
  "approval-given",
  "approval-declined",
  "glass-broken",
  "glass-reviewed",
  "run-started",
  "run-promoted",
  "run-advanced",
  "run-paused",
  "run-resumed",
  "run-extended",
  "run-completed",
  "no-increased-risk-stated",
  "no-increased-risk-signed",
  "all-clear-criteria-set",
  "retention-set",
  "legal-hold-set",
  "legal-hold-lifted",
  "shred-asked",
  "shred-approved",
  "shred-declined",
  "incident-shredded",
  "shred-completed",
  "duty-markets-set",
  "duty-event-recorded",
  "duty-done",
  "duty-waived",
  "duty-reopened",
  "duty-extended",
  "duty-tolled",
  "duty-due-soon",
  "duty-overdue",
]);
