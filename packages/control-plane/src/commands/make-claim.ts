import type { Claim, MakeClaim } from "@cordon/contract";
import type { Caller } from "../caller.ts";
import { newId, type Plane } from "../plane.ts";
import { claimView } from "../queries/incident-view.ts";
import { runCommand } from "../run-command.ts";

export async function makeClaim(
  plane: Plane,
  caller: Caller,
  incidentId: string,
  body: MakeClaim,
): Promise<Claim> {
  const { incident, event } = await runCommand(plane, {
    caller,
    operation: "makeClaim",
    request: body,
    incidentId,
    command: () => ({ kind: "make-claim", claimId: newId(plane, "claim"), answerDigest: body.answerDigest }),
  });
  return claimView(incident, event);
}
