import type { ApprovalLimits, SetApprovalLimits } from "@cordon/contract";
import type { Caller } from "../caller.ts";
import type { Plane } from "../plane.ts";
import { commandOnLimits } from "./on-limits.ts";

/** Tightens the limits of approvals at once, or asks for looser ones. Throws ResponseError. */
export function setApprovalLimits(
  plane: Plane,
  caller: Caller,
  { because, ...limits }: SetApprovalLimits,
): Promise<ApprovalLimits> {
  return commandOnLimits(plane, caller, { kind: "set-limits", limits, because });
}
