import { parseInstant } from "@cordon/model";
import type { Incident, PlanState, Step } from "../incident.ts";
import { systemOperator } from "../role.ts";

/** One line of what happened and what was done. */
export interface TimelineEntry {
  readonly atMs: number;
  readonly by: string;
  readonly what: string;
  /** What it is about: the id of a note, claim, plan, notice, task, attachment, decision or duty's rule; null: the incident. */
  readonly about: string | null;
}

/**
 * Everything that the incident knows, in the order in which it happened: a note stands where its tale belongs. Without account
 * ids, but for what people wrote in notes.
 */
export function timelineOf(incident: Incident): TimelineEntry[] {
  const entries = [
    entry(incident.opened, "incident opened", null),
    ...incident.stageMoves.map((move) => entry(move, `${move.from} → ${move.to}: ${move.because}`, null)),
    ...incident.notes.map((note) => ({
      ...entry(note, note.text, note.noteId),
      atMs: parseInstant(note.occurredAt) ?? note.atMs,
    })),
    ...incident.claims.flatMap(({ claimId, made, contradicted }) => [
      entry(made, "claim made", claimId),
      ...(contradicted === null
        ? []
        : [
            {
              atMs: contradicted.atMs,
              by: systemOperator,
              what: `claim fell: ${contradicted.because}`,
              about: claimId,
            },
          ]),
    ]),
    ...incident.riskDecisions.flatMap(({ decisionId, signed }) =>
      signed === null ? [] : [entry(signed, "no increased risk signed", decisionId)],
    ),
    ...incident.plans.flatMap(planEntries),
    ...incident.breakGlass.flatMap(({ review, planId, ...broken }) => [
      entry(broken, `glass broken: ${broken.because}`, planId),
      ...(review === null ? [] : [entry(review, `break-glass reviewed: ${review.because}`, planId)]),
    ]),
    ...incident.notices.flatMap(({ noticeId, approved }) =>
      approved === null ? [] : [entry(approved, "notice approved", noticeId)],
    ),
    ...incident.tasks.flatMap(({ taskId, title, added, finished }) => [
      entry(added, `task: ${title}`, taskId),
      ...(finished === null ? [] : [entry(finished, `task finished: ${finished.outcome}`, taskId)]),
    ]),
    ...incident.retention.steps.map((step) => entry(step, step.what, null)),
    ...incident.duties.told.map((told) => entry(told, told.what, told.rule)),
    ...incident.attachments.map((file) => entry(file, `file attached: ${file.name}`, file.attachmentId)),
  ];
  // Stable: what happened at one instant stays in the order above.
  return entries.sort((a, b) => a.atMs - b.atMs);
}

function planEntries(plan: PlanState): TimelineEntry[] {
  const { planId, run, inForce } = plan;
  const steps: readonly (readonly [Step | null | undefined, string])[] = [
    [plan.drafted, "plan drafted"],
    [plan.approved, "plan approved"],
    [run?.started, "run started"],
    [inForce === null ? null : { by: systemOperator, atMs: inForce.atMs }, "plan in force"],
    [run?.paused, "run paused"],
    [run?.completed, "run completed"],
    [plan.liftProposed, "lift proposed"],
    [plan.liftApproved, "lift approved"],
  ];
  return steps.flatMap(([step, what]) =>
    step === null || step === undefined ? [] : [entry(step, what, planId)],
  );
}

function entry({ by, atMs }: Step, what: string, about: string | null): TimelineEntry {
  return { atMs, by, what, about };
}
