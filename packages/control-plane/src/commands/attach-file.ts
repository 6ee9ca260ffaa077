import type { Attachment } from "@cordon/contract";
import { commandRoles, ResponseError } from "@cordon/response";
import type { Caller } from "../caller.ts";
import { ControlPlaneError } from "../errors.ts";
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
  const attachmentId = newId(plane, "file");
  const place = { incidentId, attachmentId };
  const { sha256, bytes } = await plane.attachments.put(place, file.chunks);
  try {
    const { incident, event } = await runCommand(plane, {
      caller,
      operation: "attachFile",
      request: { name, sha256 },
      incidentId,
      command: () => ({ kind: "attach-file", attachmentId, name, sha256, bytes }),
    });
    const attached = attachmentView(incident, event);
    // The repetition of a command whose file is here already.
    if (attached.id !== attachmentId) await plane.attachments.remove(place);
    return attached;
  } catch (error) {
    // Whatever else failed may be on record all the same.
    if (error instanceof ResponseError || error instanceof ControlPlaneError)
      await plane.attachments.remove(place);
    throw error;
  }
}
