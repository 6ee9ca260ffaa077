import type { Incident, Plan } from "@cordon/contract";
import type { Told } from "./operator-verb.ts";

export function toldIncident(incident: Incident): Told {
  const { id, title, stage, severity, plans, notices, unfinished } = incident;
  return {
    document: incident,
    lines: [
      `${id}: ${title}`,
      `stage ${stage}, severity ${severity ?? "not said"}, opened ${incident.opened.at} by ${incident.opened.by}`,
      ...incident.claims.map(
        (claim) =>
          `claim ${claim.id}: ${claim.accounts.kind} ${claim.accounts.atLeast}–${claim.accounts.atMost}${claim.holds ? "" : ", no longer holds"}`,
      ),
      ...plans.map((plan) => `plan ${plan.id}: ${stateOf(plan)}`),
      ...notices.map((notice) => `notice ${notice.id}: ${notice.state}`),
      ...retentionLines(incident.retention),
      ...unfinished.map((reason) => `before the all clear: ${reason}`),
    ],
  };
}

function retentionLines({ days, hold, asked, shredded }: Incident["retention"]): readonly string[] {
  if (shredded !== null) {
    const { erasedAt, because, approvedBy } = shredded;
    const when = erasedAt === null ? "is being let go" : `was let go ${erasedAt}`;
    return [`personal data ${when}: ${because}, approved by ${approvedBy.join(", ")}`];
  }
  return [
    ...(days === null ? [] : [`personal data kept for ${days} days after the end`]),
    ...(hold === null ? [] : [`legal hold by ${hold.by}: ${hold.because}`]),
    ...(asked === null
      ? []
      : [
          `shredding asked by ${asked.asked.by}: ${asked.because}`,
          `digest ${asked.digest}`,
          `approved by ${asked.approvals.map((one) => one.by).join(", ") || "nobody"}, needed: ${asked.needed}`,
          ...(asked.declined === null ? [] : [`declined by ${asked.declined.by}: ${asked.declined.because}`]),
        ]),
  ];
}

export function toldPlan(plan: Plan): Told {
  const { id, measures, asked, inForce, publishing } = plan;
  const failure = publishing?.lastFailure ?? null;
  return {
    document: plan,
    lines: [
      `plan ${id}: ${stateOf(plan)}, drafted by ${plan.authors.join(", ")}`,
      ...measures.map((one) => `measure ${one.id}: ${one.measure}`),
      ...(asked === null
        ? []
        : [
            `asked by ${asked.asked.by}: ${asked.act}, reaches ${asked.reachAccounts ?? "nobody can tell how many"} accounts`,
            `digest ${asked.digest}`,
            `approved by ${asked.approvals.map((one) => one.by).join(", ") || "nobody"}, needed: ${asked.needed}`,
            ...(asked.declined === null
              ? []
              : [`declined by ${asked.declined.by}: ${asked.declined.because}`]),
          ]),
      ...(inForce === null ? [] : [`in force since ${inForce.at} with bundle ${inForce.bundleVersion}`]),
      ...(publishing?.waitsForSignatures === true ? ["a bundle waits for signatures"] : []),
      ...(failure === null ? [] : [`the bundle fails: ${failure}`]),
    ],
  };
}

function stateOf({ state, run }: Plan): string {
  if (run === null) return state;
  return `${state}, run ${run.phase}${run.paused === null ? "" : ` (${run.paused.because})`}`;
}
