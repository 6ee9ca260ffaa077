import { createHash } from "node:crypto";
import type { Incident, OpenIncident } from "@cordon/contract";
import type { Caller } from "../caller.ts";
import { newId, type Plane } from "../plane.ts";
import { incidentView } from "../queries/incident-view.ts";
import { runCommand } from "../run-command.ts";

export async function openIncident(plane: Plane, caller: Caller, body: OpenIncident): Promise<Incident> {
  const incidentId = idOf(plane, caller);
  const { incident } = await runCommand(plane, {
    caller,
    operation: "openIncident",
    request: body,
    incidentId,
    opens: true,
    command: () => ({ kind: "open-incident", incidentId, title: body.title }),
  });
  return incidentView(plane, incident);
}

/** The same command has the same incident, so that even two control planes can't both open it. */
function idOf(plane: Plane, { operator, idempotencyKey }: Caller): string {
  if (idempotencyKey === null) return newId(plane, "inc");
  return `inc-${createHash("sha256").update(`${operator}\n${idempotencyKey}`).digest("hex").slice(0, 16)}`;
}
