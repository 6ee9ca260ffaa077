import type { BreakGlass, ReviewBreakGlass } from "@cordon/contract";
import type { Caller } from "../caller.ts";
import { ControlPlaneError } from "../errors.ts";
import type { Plane } from "../plane.ts";
import { breakGlassView } from "../queries/approval-view.ts";
import { runCommand } from "../run-command.ts";

export async function reviewBreakGlass(
  plane: Plane,
  caller: Caller,
  incidentId: string,
  body: ReviewBreakGlass,
): Promise<BreakGlass> {
  const { incident } = await runCommand(plane, {
    caller,
    operation: "reviewBreakGlass",
    request: body,
    incidentId,
    command: () => ({ kind: "review-break-glass", ...body }),
  });
  const broken = incident.breakGlass.find((one) => one.digest === body.digest);
  if (broken === undefined)
    throw new ControlPlaneError("ERR_PLANE_NOT_FOUND", "the break-glass is no longer on record");
  return breakGlassView(broken);
}
