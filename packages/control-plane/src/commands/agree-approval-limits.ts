import type { AgreeApprovalLimits, ApprovalLimits } from "@cordon/contract";
import type { Caller } from "../caller.ts";
import type { Plane } from "../plane.ts";
import { commandOnLimits } from "./on-limits.ts";

/** Agrees to looser limits; with enough people they hold. Throws ResponseError. */
export function agreeApprovalLimits(
  plane: Plane,
  caller: Caller,
  { digest }: AgreeApprovalLimits,
): Promise<ApprovalLimits> {
  return commandOnLimits(plane, caller, { kind: "agree-limits", digest });
}
