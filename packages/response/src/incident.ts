import type { AccountBounds, DataClasses } from "@cordon/scope";
import type { AnswerRecorded, Deliveries, NoticeManifest } from "./event.ts";
import type { DecisionFacts, FactSheet } from "./fact-sheet.ts";
import type { Measure } from "./measure.ts";

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
export interface Incident {
  readonly incidentId: string;
  readonly title: string;
  readonly opened: Step;
  /** By digest; asked again with the same answer, the later one stands. */
  readonly answers: ReadonlyMap<string, AnswerState>;
  readonly assumptions: readonly AcceptedAssumption[];
  readonly claims: readonly ClaimState[];
  readonly decisions: readonly (DecisionFacts & Step)[];
  readonly plans: readonly PlanState[];
  readonly notices: readonly NoticeState[];
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

/** Plans whose measures clients meet now. */
export function plansInForce(incident: Incident): PlanState[] {
  return incident.plans.filter((plan) => published.has(plan.phase));
}
