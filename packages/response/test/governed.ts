import {
  decide,
  defaultApprovalRules,
  type ApprovalRules,
  type Incident,
  type IncidentCommand,
  type IncidentEvent,
  type Measure,
  type PlanState,
  type PlanTerms,
  type Role,
} from "@cordon/response";
import { Run } from "./run.ts";

export const hourMs = 3_600_000;

/** Who is what. Omni has every role, which must not make more than one person of them. */
export const everybody: ReadonlyMap<string, readonly Role[]> = new Map<string, readonly Role[]>([
  ["vic", ["viewer"]],
  ["ines", ["investigator"]],
  ["rob", ["responder"]],
  ["rita", ["responder", "approver"]],
  ["ann", ["approver"]],
  ["abe", ["approver"]],
  ["adam", ["administrator"]],
  ["omni", ["viewer", "investigator", "responder", "approver", "administrator"]],
]);

export const rules: ApprovalRules = { ...defaultApprovalRules, oneApprovalUpToAccounts: 100 };

export const reauth = {
  id: "reauth",
  measure: "reauthenticate",
  cohort: { directory: { market: "SE" } },
  rollout: { over: "24h", waves: 24 },
} satisfies Measure;

export const terms: PlanTerms = {
  canary: { cohort: { accounts: ["staff-1"] }, forMs: hourMs },
  stages: null,
  exempt: { accounts: ["operator-1"] },
  limits: [{ rate: "sign-in-failures", atMost: 0.05, silenceMs: 60_000 }],
  end: { metShareAtLeast: null, at: null },
  directoryAgeMaxMs: null,
  publishTakesMs: 60_000,
};

/** An incident under roles and approval rules. */
export class GovernedRun extends Run {
  override roles = new Map(everybody);
  rules: ApprovalRules = rules;
  /** When each of the events was recorded, in ms. */
  readonly times: number[] = [];

  override take(event: IncidentEvent): void {
    super.take(event);
    this.times.push(this.nowMs);
  }

  override do(operator: string, command: IncidentCommand): readonly IncidentEvent[] {
    const context = {
      operator,
      nowMs: this.nowMs,
      takenMeasures: this.taken,
      roles: this.roles,
      approvalRules: this.rules,
    };
    const events = decide(this.incident, command, context);
    // As the journal does it: everything of one command is recorded together.
    for (const event of events) this.take(event);
    return events;
  }

  plan(planId = "p"): PlanState {
    const plan = this.state().plans.find((one) => one.planId === planId);
    if (plan === undefined) throw new Error("no plan");
    return plan;
  }

  digest(planId = "p"): string {
    return this.plan(planId).asked?.digest ?? "sha256:none";
  }

  asOf(agoMs = 0): string {
    return new Date(this.nowMs - agoMs).toISOString();
  }

  /** Asks for approval of a plan by rob. */
  ask(reachAccounts: number | null = 5000, planId = "p"): string {
    this.do("rob", { kind: "ask-approval", act: "plan", planId, reachAccounts, directoryAsOf: this.asOf() });
    return this.digest(planId);
  }

  approve(person: string, planId = "p", digest = this.digest(planId)): void {
    this.do(person, { kind: "give-approval", planId, digest });
  }
}

export function governed(): GovernedRun {
  const run = new GovernedRun();
  run.do("ines", { kind: "open-incident", incidentId: "inc-1", title: "t" });
  return run;
}

/** With a plan `p` that rob drafted. */
export function drafted(
  planTerms: PlanTerms | null = terms,
  measures: readonly Measure[] = [reauth],
): GovernedRun {
  const run = governed();
  run.do("rob", { kind: "draft-plan", planId: "p", measures, terms: planTerms });
  return run;
}

/** With a plan `p` whose run is under way in its canary, published. */
export function inCanary(
  planTerms: PlanTerms | null = terms,
  measures: readonly Measure[] = [reauth],
): GovernedRun {
  const run = drafted(planTerms, measures);
  run.ask();
  run.approve("ann");
  run.approve("abe");
  run.do("rob", { kind: "start-run", planId: "p" });
  publish(run);
  return run;
}

/** Past its canary. */
export function running(
  planTerms: PlanTerms | null = terms,
  measures: readonly Measure[] = [reauth],
): GovernedRun {
  const run = inCanary(planTerms, measures);
  run.nowMs += hourMs;
  promote(run);
  return run;
}

export function healthy(run: Run, value = 0.01) {
  return [{ rate: "sign-in-failures", value, atMs: run.nowMs }];
}

export function promote(run: Run): void {
  const command: IncidentCommand = { kind: "promote-run", planId: "p", samples: healthy(run) };
  run.do("rob", command);
}

/** Publishes as the worker does: what is wanted goes in, what is approved for lifting goes out. */
export function publish(run: Run): void {
  const { plans } = run.state();
  const held = plans.filter((plan) => ["approved", "in-force", "lift-proposed"].includes(plan.phase));
  const lifted = plans.filter((plan) => plan.phase === "lift-approved");
  run.take({
    type: "bundle-in-force",
    data: {
      version: run.events.length,
      sha256: "0",
      bytes: 1,
      asOf: "2014-05-27T12:00:00.000Z",
      rules: [],
      plans: held.map(({ planId, run: state }) => ({
        incidentId: "inc-1",
        planId,
        cutoff: "2014-05-27T12:00:00.000Z",
        cohorts: {},
        ...(state === null ? {} : { runStep: state.step }),
      })),
      lifted: lifted.map(({ planId }) => ({ incidentId: "inc-1", planId })),
    },
  });
}

export function taken(incident: Incident): Map<string, string> {
  return new Map(
    incident.plans.flatMap((plan) =>
      plan.approved === null ? [] : plan.measures.map(({ id }) => [id, plan.planId] as const),
    ),
  );
}
