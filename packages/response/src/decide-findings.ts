import { canonicalJson } from "@cordon/model";
import type { DecisionContext, IncidentCommand } from "./command.ts";
import { contradiction } from "./contradiction.ts";
import { ResponseError } from "./errors.ts";
import type { IncidentEvent } from "./event.ts";
import { saidBy } from "./fact-sheet-of.ts";
import type { AnswerState, Incident } from "./incident.ts";

type Command<Kind extends IncidentCommand["kind"]> = Extract<IncidentCommand, { kind: Kind }>;

/** Evidence, question and answer, and a flag on every claim that the answer no longer supports. */
export function recordAnswer(
  incident: Incident,
  command: Command<"record-answer">,
  { operator: by }: DecisionContext,
): IncidentEvent[] {
  const { folder, map, question, questionDigest, window, decoys, answer, accountIds } = command;
  const { answerDigest } = answer;
  const evidenceDigest = answer.evidence.digest;
  const events: IncidentEvent[] = [
    {
      type: "evidence-recorded",
      data: { by, folder, evidenceDigest, events: answer.evidence.events, answerDigest },
    },
    { type: "question-asked", data: { by, questionDigest, question, map } },
    {
      type: "answer-recorded",
      data: { by, answerDigest, questionDigest, evidenceDigest, folder, window, decoys, answer, accountIds },
    },
  ];
  const later = { accounts: answer.accounts, dataClasses: answer.dataClasses, accountIds };
  for (const claim of incident.claims) {
    if (claim.questionDigest !== questionDigest || claim.contradicted !== null) continue;
    // Of an erased answer nobody knows any more whom it named; the rest is the claim's own.
    const named = incident.answers.get(claim.answerDigest)?.accountIds;
    const because = contradiction({ ...claim, accountIds: named === undefined ? accountIds : named }, later);
    if (because === null) continue;
    events.push({ type: "claim-contradicted", data: { by, claimId: claim.claimId, answerDigest, because } });
  }
  return events;
}

function answerOf(incident: Incident, answerDigest: string): AnswerState {
  const answer = incident.answers.get(answerDigest);
  if (answer === undefined) {
    throw new ResponseError("ERR_ANSWER_UNKNOWN", [
      `\`${incident.incidentId}\` has no answer \`${answerDigest}\``,
    ]);
  }
  return answer;
}

function accepted(incident: Incident, answerDigest: string, assumption: string): boolean {
  return incident.assumptions.some(
    (one) => one.answerDigest === answerDigest && one.assumption === assumption,
  );
}

export function acceptAssumption(
  incident: Incident,
  command: Command<"accept-assumption">,
  { operator: by }: DecisionContext,
): IncidentEvent[] {
  const { answerDigest, assumption, name } = command;
  const { answer } = answerOf(incident, answerDigest);
  if (!answer.assumptions.some((one) => one === assumption)) {
    const hint = `it rests on ${answer.assumptions.map((one) => `\`${one}\``).join(", ")}`;
    throw new ResponseError(
      "ERR_ASSUMPTION_UNKNOWN",
      [`the answer does not rest on \`${assumption}\``],
      hint,
    );
  }
  if (accepted(incident, answerDigest, assumption)) {
    throw new ResponseError("ERR_ASSUMPTION_ACCEPTED", [`\`${assumption}\` is accepted already`]);
  }
  return [{ type: "assumption-accepted", data: { by, answerDigest, assumption, name } }];
}

export function makeClaim(
  incident: Incident,
  command: Command<"make-claim">,
  { operator: by }: DecisionContext,
): IncidentEvent[] {
  const { claimId, answerDigest } = command;
  const answer = answerOf(incident, answerDigest);
  // INVARIANT: no claim without every assumption of its answer accepted by a named person.
  const [open, ...more] = answer.answer.assumptions.filter((one) => !accepted(incident, answerDigest, one));
  if (open !== undefined) {
    throw new ResponseError("ERR_ASSUMPTIONS_OPEN", [openReason(open), ...more.map(openReason)]);
  }
  if (incident.claims.some((claim) => claim.answerDigest === answerDigest && claim.contradicted === null)) {
    throw new ResponseError("ERR_CLAIM_EXISTS", [`a claim rests on \`${answerDigest}\` already`]);
  }
  // The newest answer to the question has the last word: a claim on an older one must still follow from it.
  const newest = newestAnswer(incident, answer.questionDigest);
  const because = newest === null ? null : contradiction(saidBy(answer), saidBy(newest));
  if (because !== null)
    throw new ResponseError("ERR_CLAIM_OUTDATED", [because], "make the claim on the latest answer");
  const { questionDigest, window } = answer;
  const { accounts, dataClasses } = answer.answer;
  return [
    {
      type: "claim-made",
      data: { by, claimId, answerDigest, questionDigest, accounts, dataClasses, window },
    },
  ];
}

function openReason(assumption: string): string {
  return `nobody has accepted that \`${assumption}\``;
}

function newestAnswer(incident: Incident, questionDigest: string): AnswerState | null {
  let newest: AnswerState | null = null;
  for (const answer of incident.answers.values()) {
    if (
      answer.questionDigest === questionDigest &&
      (newest === null || answer.asked.atMs >= newest.asked.atMs)
    )
      newest = answer;
  }
  return newest;
}

export function recordDecision(
  command: Command<"record-decision">,
  { operator: by }: DecisionContext,
): IncidentEvent[] {
  const { statement, because, name } = command;
  return [{ type: "decision-recorded", data: { by, statement, because, name } }];
}

/** The text that a question's digest is taken over: the same question is the same however its keys are ordered. */
export function questionText(question: { readonly [key: string]: unknown }): string {
  return canonicalJson(question);
}
