import type { Attachment } from "@cordon/contract";
import { commandRoles } from "@cordon/response";
import type { Caller } from "../caller.ts";
import { newId, type Plane } from "../plane.ts";
import { attachmentView } from "../queries/lifecycle-view.ts";
import { requireCallerRole } from "../require-caller-role.ts";
import { requireIncident, runCommand } from "../run-command.ts";

/** The bytes come to rest first, then the incident knows them by their digest; refused, they go again. */
export async function attachFile(
  plane: Plane,
  caller: Caller,
  incidentId: string,
  file: { readonly name: string; readonly chunks: AsyncIterable<Uint8Array> },
): Promise<Attachment> {
  await plane.record.catchUp();
  const { people } = requireIncident(plane, incidentId);
  // Before the first byte is taken: a hundred megabytes are not for everybody to leave here.
  await requireCallerRole(plane, caller, commandRoles["attach-file"], "attach a file", people);
  const { name } = file;
  const { sha256, bytes } = await plane.attachments.put(file.chunks);
  try {
    const { incident, event } = await runCommand(plane, {
      caller,
      operation: "attachFile",
      request: { name, sha256 },
      incidentId,
      command: () => ({ kind: "attach-file", attachmentId: newId(plane, "file"), name, sha256, bytes }),
    });
    return attachmentView(incident, event);
  } catch (error) {
    if (!isKnown(plane, sha256)) await plane.attachments.remove(sha256);
    throw error;
  }
}

function isKnown(plane: Plane, sha256: string): boolean {
  return plane.record.incidents().some((one) => one.attachments.some((file) => file.sha256 === sha256));
}
