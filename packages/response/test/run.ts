import type { Answer } from "@cordon/scope";
import {
  decide,
  evolve,
  type Incident,
  type IncidentCommand,
  type IncidentEvent,
  type Role,
} from "@cordon/response";

const all: readonly Role[] = ["investigator", "responder", "approver"];

/** An incident and the time, as commands change them. */
export class Run {
  incident: Incident | null = null;
  nowMs = Date.parse("2014-05-27T12:00:00Z");
  readonly events: IncidentEvent[] = [];
  readonly taken = new Map<string, string>();
  /** Three people who may do everything, so that what is refused is refused for another reason than a role. */
  roles = new Map<string, readonly Role[]>([
    ["author", all],
    ["approver", all],
    ["second", all],
  ]);

  /** Decides and takes the events in; throws what `decide` throws. */
  do(operator: string, command: IncidentCommand): readonly IncidentEvent[] {
    const { nowMs, taken: takenMeasures, roles } = this;
    const events = decide(this.incident, command, { operator, nowMs, takenMeasures, roles });
    for (const event of events) this.take(event);
    return events;
  }

  take(event: IncidentEvent): void {
    this.nowMs += 1000;
    this.events.push(event);
    this.incident = evolve(this.incident, event, this.nowMs);
  }

  state(): Incident {
    if (this.incident === null) throw new Error("not open");
    return this.incident;
  }
}

export const sender = {
  service: "Overture",
  signature: { name: "Ada Lovelace", role: "CTO" },
  contact: { email: "help@overture.example", page: null },
  discoveredAt: null,
  recoveryPage: null,
  publicPage: null,
  nextUpdate: null,
};

export function opened(): Run {
  const run = new Run();
  run.do("author", { kind: "open-incident", incidentId: "inc-1", title: "t" });
  return run;
}

export function record(run: Run, answer: Answer, question = "q"): void {
  run.do("author", {
    kind: "record-answer",
    folder: "f",
    map: {},
    question: { question },
    questionDigest: `sha256:${question}`,
    window: { from: "2014-05-20T00:00:00.000Z", to: "2014-05-26T00:00:00.000Z" },
    decoys: [],
    answer,
    accountIds: answer.accountIds,
  });
}

/** The author asks, and two others agree. */
export function agree(run: Run, act: "plan" | "lift" = "plan", planId = "p"): void {
  ask(run, act, planId);
  for (const person of ["approver", "second"])
    run.do(person, { kind: "give-approval", planId, digest: digestOf(run, planId) });
}

export function ask(run: Run, act: "plan" | "lift" = "plan", planId = "p", by = "author"): void {
  const directoryAsOf = new Date(run.nowMs).toISOString();
  if (act === "plan") run.do(by, { kind: "ask-approval", act, planId, reachAccounts: 5000, directoryAsOf });
  else run.do(by, { kind: "ask-approval", act, planId, because: "b" });
}

/** Of what was last asked of a plan. */
export function digestOf(run: Run, planId = "p"): string {
  return run.state().plans.find((plan) => plan.planId === planId)?.asked?.digest ?? "sha256:none";
}

/** To the stage in which the all clear is given. */
export function recovering(run: Run): void {
  for (const to of ["investigating", "contained", "recovering"] as const)
    run.do("author", { kind: "move-incident", to, because: "b" });
}

/** Accepts every assumption and claims. */
export function claim(run: Run, answer: Answer, claimId = `claim-${answer.answerDigest.slice(-1)}`): void {
  const { answerDigest } = answer;
  for (const assumption of answer.assumptions) {
    run.do("author", { kind: "accept-assumption", answerDigest, assumption, name: "Grace Hopper" });
  }
  run.do("author", { kind: "make-claim", claimId, answerDigest });
}

export function inForce(
  run: Run,
  version: number,
  planIds: readonly string[],
  lifted: readonly string[] = [],
): void {
  run.take({
    type: "bundle-in-force",
    data: {
      version,
      sha256: "0",
      bytes: 1,
      asOf: "2014-05-27T12:00:00.000Z",
      rules: [],
      plans: planIds.map((planId) => ({
        incidentId: "inc-1",
        planId,
        cutoff: "2014-05-27T12:00:00.000Z",
        cohorts: {},
      })),
      lifted: lifted.map((planId) => ({ incidentId: "inc-1", planId })),
    },
  });
}

/** The code and reasons of a refusal. */
export function refusal(attempt: () => unknown): { code: string; message: string } {
  try {
    attempt();
  } catch (error) {
    if (error instanceof Error && "code" in error)
      return { code: String(error.code), message: error.message };
    throw error;
  }
  throw new Error("was not refused");
}
