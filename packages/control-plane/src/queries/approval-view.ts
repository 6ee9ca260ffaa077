import type * as contract from "@cordon/contract";
import { formatInstant } from "@cordon/model";
import {
  approvalsNeeded,
  type ApprovalRules,
  type AskedApproval,
  type BreakGlass,
  type Step,
} from "@cordon/response";
import { signedOrNull, signedView } from "./signed-view.ts";

/** A step with its reason. */
export function orderView(
  step: (Step & { readonly because: string }) | null,
): { by: string; at: string; because: string } | null {
  return step === null ? null : { ...signedView(step), because: step.because };
}

export function askedView(asked: AskedApproval, rules: ApprovalRules): contract.AskedApproval {
  const { act, digest, reachAccounts, directoryAsOf, because, extension } = asked;
  return {
    act,
    digest,
    reachAccounts,
    directoryAsOf,
    because,
    extension: extension === null ? null : { ...extension },
    asked: signedView(asked.asked),
    authors: [...asked.authors],
    needed: approvalsNeeded(act, reachAccounts, rules),
    approvals: asked.approvals.map(signedView),
    declined: orderView(asked.declined),
    granted: signedOrNull(asked.granted),
  };
}

export function breakGlassView(broken: BreakGlass): contract.BreakGlass {
  const { planId, digest, because, approvalsHad, approvalsNeeded: needed, reviewBy, review } = broken;
  return {
    planId,
    digest,
    because,
    broken: signedView(broken),
    approvalsHad,
    approvalsNeeded: needed,
    reviewBy,
    review:
      review === null
        ? null
        : {
            by: review.by,
            at: formatInstant(review.atMs),
            justified: review.justified,
            because: review.because,
          },
  };
}
