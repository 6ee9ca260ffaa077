import { createHash } from "node:crypto";
import { canonicalJson, compareCodePoints } from "@cordon/model";
import type { DecisionContext, IncidentCommand } from "./command.ts";
import { ResponseError } from "./errors.ts";
import type { IncidentEvent } from "./event.ts";
import { factSheetOf } from "./fact-sheet-of.ts";
import {
  measuresInForce,
  plansInForce,
  standingClaims,
  type ClaimState,
  type Incident,
  type NoticePhase,
  type NoticeState,
} from "./incident.ts";

type Command<Kind extends IncidentCommand["kind"]> = Extract<IncidentCommand, { kind: Kind }>;

function noticeOf(incident: Incident, noticeId: string): NoticeState {
  const notice = incident.notices.find((one) => one.noticeId === noticeId);
  if (notice === undefined) {
    throw new ResponseError("ERR_NOTICE_UNKNOWN", [
      `\`${incident.incidentId}\` has no notice \`${noticeId}\``,
    ]);
  }
  return notice;
}

function requirePhase(notice: NoticeState, phase: NoticePhase): void {
  if (notice.phase === phase) return;
  throw new ResponseError("ERR_NOTICE_STATE", [
    `notice \`${notice.noticeId}\` is ${notice.phase}, not ${phase}`,
  ]);
}

function refuseFallen(claims: readonly ClaimState[]): void {
  const [first, ...others] = claims.flatMap((claim) =>
    claim.contradicted === null
      ? []
      : [`claim \`${claim.claimId}\` no longer holds: ${claim.contradicted.because}`],
  );
  if (first !== undefined)
    throw new ResponseError(
      "ERR_CLAIM_DOES_NOT_HOLD",
      [first, ...others],
      "make a claim on the latest answer",
    );
}

export function draftNotice(
  incident: Incident,
  command: Command<"draft-notice">,
  context: DecisionContext,
): IncidentEvent[] {
  const { noticeId, sender } = command;
  const claims = standingClaims(incident);
  if (claims.length === 0)
    throw new ResponseError("ERR_NO_CLAIM", ["nothing is claimed yet, so there is nothing to tell"]);
  refuseFallen(claims);
  const underWay = incident.notices.find((notice) => notice.phase === "approved");
  if (underWay !== undefined) {
    throw new ResponseError("ERR_NOTICE_STATE", [`notice \`${underWay.noticeId}\` is still being sent`]);
  }
  const factSheet = factSheetOf(incident, sender, context.nowMs);
  const affected = new Set<string>();
  for (const { answerDigest } of claims) {
    const accountIds = incident.answers.get(answerDigest)?.accountIds ?? null;
    if (accountIds === null) {
      throw new ResponseError("ERR_ANSWER_UNKNOWN", [
        `the accounts that \`${answerDigest}\` names are not kept, so they can't be written to`,
      ]);
    }
    for (const accountId of accountIds) affected.add(accountId);
  }
  return [
    {
      type: "notice-drafted",
      data: {
        by: context.operator,
        noticeId,
        edition: incident.notices.length + 1,
        factSheet,
        factSheetDigest: `sha256:${createHash("sha256").update(canonicalJson(factSheet)).digest("hex")}`,
        affected: [...affected].sort(compareCodePoints),
      },
    },
  ];
}

export function approveNotice(
  incident: Incident,
  noticeId: string,
  context: DecisionContext,
): IncidentEvent[] {
  const notice = noticeOf(incident, noticeId);
  requirePhase(notice, "drafted");
  // INVARIANT: nobody is written to without a second person.
  if (notice.drafted.by === context.operator) {
    throw new ResponseError("ERR_OWN_APPROVAL", [
      `\`${context.operator}\` drafted notice \`${noticeId}\`, so somebody else must approve it`,
    ]);
  }
  refuseOutdated(incident, notice);
  return [{ type: "notice-approved", data: { by: context.operator, noticeId } }];
}

/** What a draft says must be what would be said now. */
function refuseOutdated(incident: Incident, notice: NoticeState): void {
  refuseFallen(claimsOf(incident, notice));
  const standing = standingClaims(incident).map((claim) => claim.claimId);
  const told = notice.factSheet.claims.map((claim) => claim.claimId);
  const inForce = plansInForce(incident).flatMap((plan) =>
    measuresInForce(plan).map((measure) => `${plan.planId}\n${measure.id}`),
  );
  const toldMeasures = notice.factSheet.measures.map(({ planId, measure }) => `${planId}\n${measure.id}`);
  if (sameIds(standing, told) && sameIds(inForce, toldMeasures) && notice.edition === incident.notices.length)
    return;
  throw new ResponseError(
    "ERR_NOTICE_OUTDATED",
    [`the claims or the measures in force have changed since notice \`${notice.noticeId}\` was drafted`],
    "draft a new notice",
  );
}

function sameIds(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && new Set([...a, ...b]).size === a.length;
}

/** The claims that a notice rests on. */
export function claimsOf(incident: Incident, notice: NoticeState): ClaimState[] {
  const told = new Set(notice.factSheet.claims.map((claim) => claim.claimId));
  return incident.claims.filter((claim) => told.has(claim.claimId));
}

/** Why sending must stop; null while every claim that the notice rests on holds. */
export function stopReason(incident: Incident, notice: NoticeState): string | null {
  for (const { claimId, contradicted } of claimsOf(incident, notice)) {
    if (contradicted !== null) return `claim \`${claimId}\` no longer holds: ${contradicted.because}`;
  }
  return null;
}

export function stopNotice(
  incident: Incident,
  command: Command<"stop-notice">,
  { operator: by }: DecisionContext,
): IncidentEvent[] {
  requirePhase(noticeOf(incident, command.noticeId), "approved");
  return [{ type: "notice-stopped", data: { by, noticeId: command.noticeId, because: command.because } }];
}

export function completeNotice(
  incident: Incident,
  command: Command<"complete-notice">,
  { operator: by }: DecisionContext,
): IncidentEvent[] {
  requirePhase(noticeOf(incident, command.noticeId), "approved");
  const { noticeId, affected, everybodyElse } = command;
  return [{ type: "notice-completed", data: { by, noticeId, affected, everybodyElse } }];
}
