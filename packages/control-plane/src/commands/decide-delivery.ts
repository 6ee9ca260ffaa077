import { commandRoles, ResponseError, rolesOf } from "@cordon/response";
import type { Caller } from "../caller.ts";
import { newId, type Plane } from "../plane.ts";
import { requireIncident, runCommand } from "../run-command.ts";

/** Who may stop a notice may also let it go on. Throws ERR_ROLE, ERR_PLANE_NOT_FOUND. */
export async function requireDeliveryRole(plane: Plane, caller: Caller, incidentId: string): Promise<void> {
  await plane.record.catchUp();
  const needed = commandRoles["stop-notice"];
  const { operator, scope } = caller;
  const has = rolesOf(requireIncident(plane, incidentId), operator, {
    operator,
    ...(scope === undefined ? {} : { scope }),
    nowMs: plane.clock(),
    takenMeasures: new Map(),
    roles: await plane.operators.roles(),
  });
  if (needed.some((role) => has.has(role) && (scope?.includes(role) ?? true))) return;
  throw new ResponseError("ERR_ROLE", [
    `\`${operator}\` may not decide on deliveries: only ${needed.join(" or ")} may`,
  ]);
}

/** Journals a person's decision on deliveries as a note on the timeline: what, and why. */
export async function journalDelivery(
  plane: Plane,
  caller: Caller,
  incidentId: string,
  decision: { readonly operation: string; readonly request: unknown; readonly text: string },
): Promise<void> {
  await runCommand(plane, {
    caller,
    operation: decision.operation,
    request: decision.request,
    incidentId,
    command: () => ({
      kind: "add-note",
      noteId: newId(plane, "note"),
      text: decision.text,
      occurredAt: null,
    }),
  });
}
