import { createHash } from "node:crypto";
import { canonicalJson } from "@cordon/model";
import { rulesOf } from "../approval/approval-count.ts";
import type { DecisionContext } from "../command.ts";
import { ResponseError } from "../errors.ts";
import type { IncidentEvent } from "../event.ts";
import type { Incident } from "../incident.ts";
import { rolesOf } from "../role.ts";
import { requireRoom, requireText } from "../wording.ts";
import { reasonsToKeep } from "./reasons-to-keep.ts";
import type { RetentionCommand } from "./retention-command.ts";
import type { AskedShred } from "./retention-state.ts";

/** What can't be undone takes so many who agree, besides whoever asked. */
export const shredApprovalsNeeded = 2;

export const retentionLimits = { days: 36_500, steps: 1_000 } as const;

/**
 * Throws ResponseError. INVARIANT: personal data goes only by two approvers' word, neither of them the one who asked, on an incident
 * that nobody has touched since, and while nothing forbids it.
 */
export function decideRetention(
  incident: Incident,
  command: RetentionCommand,
  context: DecisionContext,
): IncidentEvent[] {
  const { operator: by, nowMs } = context;
  const { retention } = incident;
  // The worker ends what was decided, however long the list is.
  if (command.kind === "complete-shred") {
    if (retention.shredded === null || retention.erasedAtMs !== null)
      throw new ResponseError("ERR_RETENTION", ["nothing waits to be erased"]);
    return [{ type: "shred-completed", data: { by, events: command.events } }];
  }
  requireRoom("decisions on its personal data", retention.steps.length, retentionLimits.steps);
  switch (command.kind) {
    case "set-retention": {
      const { days, because } = command;
      if (!Number.isSafeInteger(days) || days < 0 || days > retentionLimits.days)
        throw new ResponseError("ERR_TERMS", [`\`${days}\` days, expected 0 to ${retentionLimits.days}`]);
      return [{ type: "retention-set", data: { by, days, reason: requireText("the reason", because) } }];
    }
    case "set-legal-hold": {
      if (retention.hold !== null)
        throw new ResponseError("ERR_RETENTION", [
          `a legal hold by \`${retention.hold.by}\` stands already: ${retention.hold.because}`,
        ]);
      return [{ type: "legal-hold-set", data: { by, reason: requireText("the reason", command.because) } }];
    }
    case "lift-legal-hold": {
      if (retention.hold === null) throw new ResponseError("ERR_RETENTION", ["no legal hold stands"]);
      if (retention.hold.by === by)
        throw new ResponseError("ERR_OWN_APPROVAL", [
          `\`${by}\` set the legal hold, so somebody else must lift it`,
        ]);
      return [
        { type: "legal-hold-lifted", data: { by, reason: requireText("the reason", command.because) } },
      ];
    }
    case "ask-shred": {
      refuseKept(incident, nowMs);
      const because = requireText("the reason", command.because);
      const digest = shredDigest(incident, by, because);
      return [{ type: "shred-asked", data: { by, reason: because, digest } }];
    }
    case "approve-shred": {
      const asked = askedShred(incident, command.digest);
      if (asked.by === by)
        throw new ResponseError("ERR_OWN_APPROVAL", [
          `\`${by}\` asked for it, so somebody else must approve`,
        ]);
      refuseKept(incident, nowMs);
      const before = approvers(incident, asked, context);
      if (before.includes(by))
        throw new ResponseError("ERR_APPROVAL_REPEATED", [`\`${by}\` has approved already`]);
      const approved: IncidentEvent = { type: "shred-approved", data: { by, digest: asked.digest } };
      const approvedBy = [...before, by];
      if (approvedBy.length < shredApprovalsNeeded) return [approved];
      return [approved, { type: "incident-shredded", data: { by, reason: asked.because, approvedBy } }];
    }
    case "decline-shred": {
      const { digest } = askedShred(incident, command.digest);
      const reason = requireText("the reason", command.because);
      return [{ type: "shred-declined", data: { by, digest, reason } }];
    }
  }
}

function refuseKept(incident: Incident, nowMs: number): void {
  const [first, ...rest] = reasonsToKeep(incident, nowMs);
  if (first !== undefined) throw new ResponseError("ERR_RETENTION", [first, ...rest]);
}

/** Throws unless it is what waits now. */
function askedShred({ retention }: Incident, digest: string): AskedShred {
  const { asked } = retention;
  if (asked === null)
    throw new ResponseError("ERR_NOT_ASKED", ["no shredding waits for approval"], "ask for it again");
  if (asked.digest !== digest)
    throw new ResponseError("ERR_APPROVAL_STALE", [`\`${digest}\` is not what waits for approval now`]);
  if (asked.declined !== null)
    throw new ResponseError("ERR_DECLINED", [
      `\`${asked.declined.by}\` declined it: ${asked.declined.because}`,
    ]);
  return asked;
}

/** Whose approval counts now: each person once, none that has expired, nobody who is no longer an approver. */
function approvers(incident: Incident, asked: AskedShred, context: DecisionContext): string[] {
  const { approvalLastsMs } = rulesOf(context);
  const counting = asked.approvals.filter(
    ({ by, atMs }) =>
      by !== asked.by &&
      context.nowMs - atMs < approvalLastsMs &&
      rolesOf(incident, by, context).has("approver"),
  );
  return [...new Set(counting.map(({ by }) => by))];
}

function shredDigest({ incidentId, retention }: Incident, by: string, because: string): string {
  const asked = { act: "shred", incidentId, by, because, asking: retention.askings + 1 };
  return `sha256:${createHash("sha256").update(canonicalJson(asked)).digest("hex")}`;
}
