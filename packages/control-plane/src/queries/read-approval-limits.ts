import type * as contract from "@cordon/contract";
import { agreementsNeeded, type ApprovalLimits } from "@cordon/response";
import type { Plane } from "../plane.ts";
import { signedView } from "./signed-view.ts";

/** The limits in force, and those that wait for agreement. */
export async function readApprovalLimits(plane: Plane): Promise<contract.ApprovalLimits> {
  await plane.record.catchUp();
  const { rules, asked } = plane.record.limits();
  return {
    ...limitsOf(rules),
    asked:
      asked === null
        ? null
        : {
            ...limitsOf(asked.limits),
            because: asked.because,
            digest: asked.digest,
            asked: signedView(asked),
            needed: agreementsNeeded(rules),
            approvals: asked.approvals.map(signedView),
          },
  };
}

function limitsOf(limits: ApprovalLimits): ApprovalLimits {
  const { oneApprovalUpToAccounts, twoApprovalsUpToAccounts, approvalLastsMs } = limits;
  return { oneApprovalUpToAccounts, twoApprovalsUpToAccounts, approvalLastsMs };
}
