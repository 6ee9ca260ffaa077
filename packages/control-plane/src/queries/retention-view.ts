import type * as contract from "@cordon/contract";
import { formatInstant } from "@cordon/model";
import { keptUntilMs, reasonsToKeep, shredApprovalsNeeded, type Incident } from "@cordon/response";
import { orderView } from "./approval-view.ts";
import { signedOrNull, signedView } from "./signed-view.ts";

export function retentionView(incident: Incident, nowMs: number): contract.Retention {
  const { set, hold, asked, shredded, erasedAtMs } = incident.retention;
  return {
    days: set?.days ?? null,
    set: signedOrNull(set),
    keptUntil: keptUntil(incident),
    hold: orderView(hold),
    keptBecause: shredded === null ? [...reasonsToKeep(incident, nowMs)] : [],
    asked:
      asked === null
        ? null
        : {
            asked: signedView(asked),
            because: asked.because,
            digest: asked.digest,
            needed: shredApprovalsNeeded,
            approvals: asked.approvals.map(signedView),
            declined: orderView(asked.declined),
          },
    shredded:
      shredded === null
        ? null
        : {
            at: formatInstant(shredded.atMs),
            because: shredded.because,
            approvedBy: [...shredded.approvedBy],
            erasedAt: erasedAtMs === null ? null : formatInstant(erasedAtMs),
          },
  };
}

/** Until when the personal data is kept; null while nobody can tell. */
export function keptUntil(incident: Incident): string | null {
  const untilMs = keptUntilMs(incident);
  return untilMs === null ? null : formatInstant(untilMs);
}
