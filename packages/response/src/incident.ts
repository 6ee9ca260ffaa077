import type { AccountBounds, DataClasses } from "@cordon/scope";
import type { AnswerRecorded, Deliveries, NoticeManifest } from "./event.ts";
import type { DecisionFacts, FactSheet } from "./fact-sheet.ts";
import type { AllClearCriteria } from "./all-clear/criteria.ts";
import type { AskedApproval, BreakGlass } from "./approval/approval-state.ts";
import type { DutyLog } from "./duties/duty-state.ts";
import type { Lifecycle } from "./lifecycle/lifecycle-state.ts";
import type { Measure } from "./measure.ts";
import type { Retention } from "./retention/retention-state.ts";
import type { RiskDecision } from "./risk/risk-decision.ts";
import { isExposure, stagesOf, type PlanTerms } from "./run/plan-terms.ts";
import type { RunState } from "./run/run-state.ts";

/** Who did something and when (ms since the epoch). */
export interface Step {
  readonly by: string;
  readonly atMs: number;
}

export interface AnswerState extends AnswerRecorded {
  readonly asked: Step;
}

export interface AcceptedAssumption extends Step {
  readonly answerDigest: string;
  readonly assumption: string;
  readonly name: string;
}

export interface ClaimState {
  readonly claimId: string;
  readonly answerDigest: string;
  readonly questionDigest: string;
  readonly accounts: AccountBounds;
  readonly dataClasses: DataClasses;
  readonly window: { readonly from: string; readonly to: string };
  readonly made: Step;
  /** Null while it holds. */
  readonly contradicted: {
    readonly answerDigest: string;
    readonly because: string;
    readonly atMs: number;
  } | null;
}

/** Where a plan stands between drafted and lifted. Each state needs the steps before it. */
export type PlanPhase = "drafted" | "approved" | "in-force" | "lift-proposed" | "lift-approved" | "lifted";

export interface PlanState {
  readonly planId: string;
  readonly phase: PlanPhase;
  readonly measures: readonly Measure[];
  readonly drafted: Step;
  readonly approved: Step | null;
  readonly liftProposed: Step | null;
  readonly liftApproved: Step | null;
  /** The first bundle that held the plan. */
  readonly inForce: {
    readonly bundleVersion: number;
    readonly atMs: number;
    readonly cutoff: string;
    readonly cohorts: { readonly [measureId: string]: number };
  } | null;
  readonly liftedInBundle: number | null;
  /** Grows with every edit and every asking for approval. */
  readonly revision: number;
  /** Whoever drafted or edited it. */
  readonly authors: readonly string[];
  /** What was last asked to be approved of it; null before, and after an edit. */
  readonly asked: AskedApproval | null;
  /** Accounts that it reaches, as counted for its approval; null where nobody can tell. */
  readonly reachAccounts: number | null;
  readonly terms: PlanTerms | null;
  /** Null for a plan without terms: it is put in force whole. */
  readonly run: RunState | null;
}

export type NoticePhase = "drafted" | "approved" | "stopped" | "sent";

export interface NoticeState {
  readonly noticeId: string;
  readonly edition: number;
  readonly phase: NoticePhase;
  readonly factSheet: FactSheet;
  readonly factSheetDigest: string;
  readonly affected: readonly string[];
  readonly manifest: NoticeManifest | null;
  readonly drafted: Step;
  readonly approved: Step | null;
  readonly stopped: { readonly because: string; readonly atMs: number } | null;
  readonly completed: { readonly affected: Deliveries; readonly everybodyElse: Deliveries } | null;
}

/** An incident as its events have made it. Lists are in the order of the events. */
export interface Incident extends Lifecycle {
  readonly incidentId: string;
  readonly title: string;
  readonly opened: Step;
  /** By digest; asked again with the same answer, the later one stands. */
  readonly answers: ReadonlyMap<string, AnswerState>;
  readonly assumptions: readonly AcceptedAssumption[];
  readonly claims: readonly ClaimState[];
  readonly decisions: readonly (DecisionFacts & Step & { readonly riskDecisionId?: string })[];
  readonly riskDecisions: readonly RiskDecision[];
  readonly plans: readonly PlanState[];
  readonly notices: readonly NoticeState[];
  readonly breakGlass: readonly BreakGlass[];
  readonly duties: DutyLog;
  readonly retention: Retention;
  readonly allClearCriteria: { readonly criteria: AllClearCriteria; readonly set: Step } | null;
  /** Null again once the incident was reopened. */
  readonly allClear: Step | null;
}

/** The newest claim on each question: what is said now. */
export function standingClaims(incident: Incident): ClaimState[] {
  const newest = new Map<string, ClaimState>();
  for (const claim of incident.claims) newest.set(claim.questionDigest, claim);
  return [...newest.values()];
}

/** Phases in which a plan's measures are part of the bundle in force. */
const published: ReadonlySet<PlanPhase> = new Set(["in-force", "lift-proposed", "lift-approved"]);

/**
 * Measures that clients meet now and that people can be told of: of a run those that are past their canary, for until then
 * they may be taken back.
 */
export function measuresInForce(plan: PlanState): readonly Measure[] {
  const { run, terms, measures } = plan;
  if (!published.has(plan.phase)) return [];
  if (run === null || terms === null || run.completed !== null) return measures;
  const stages = stagesOf(measures, terms);
  return measures.filter((measure) => {
    const stage = stages.findIndex((ids) => ids.includes(measure.id));
    return stage < run.stage || (stage === run.stage && (run.clock !== null || isExposure(measure)));
  });
}

/** Plans whose measures clients meet now. */
export function plansInForce(incident: Incident): PlanState[] {
  return incident.plans.filter((plan) => published.has(plan.phase));
}
