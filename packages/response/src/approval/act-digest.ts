import { createHash } from "node:crypto";
import { canonicalJson } from "@cordon/model";
import type { PlanState } from "../incident.ts";
import type { AskedApproval } from "./approval-state.ts";

type AskedAct = Pick<AskedApproval, "act" | "reachAccounts" | "directoryAsOf" | "because" | "extension">;

/**
 * What an approval names: SHA-256 over the RFC 8785 form of everything that is approved, with a revision that every edit
 * and every asking raises, so that no two askings have the same digest.
 */
export function actDigest(incidentId: string, plan: PlanState, asked: AskedAct): string {
  const { planId, revision, measures, terms } = plan;
  const { act, reachAccounts, directoryAsOf, because, extension } = asked;
  const approved = {
    incidentId,
    planId,
    revision,
    act,
    measures,
    terms,
    reachAccounts,
    directoryAsOf,
    because,
    extension,
  };
  // Through JSON once, so that fields left undefined are absent here as they are in the journal.
  const plain: unknown = JSON.parse(JSON.stringify(approved));
  return `sha256:${createHash("sha256").update(canonicalJson(plain)).digest("hex")}`;
}
