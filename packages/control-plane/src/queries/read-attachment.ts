import type { Readable } from "node:stream";
import type { Attachment } from "@cordon/contract";
import { ControlPlaneError } from "../errors.ts";
import type { Plane } from "../plane.ts";
import { requireIncident } from "../run-command.ts";
import { attachmentViewOf } from "./lifecycle-view.ts";

/**
 * A file of an incident. Throws ERR_PLANE_NOT_FOUND for one that it has not, or whose bytes are not here, and ERR_PLANE_ATTACHMENT
 * when they are not what was attached.
 */
export async function readAttachment(
  plane: Plane,
  incidentId: string,
  attachmentId: string,
): Promise<{ readonly file: Attachment; readonly stream: Readable }> {
  await plane.record.catchUp();
  const file = requireIncident(plane, incidentId).attachments.find(
    (one) => one.attachmentId === attachmentId,
  );
  if (file === undefined)
    throw new ControlPlaneError("ERR_PLANE_NOT_FOUND", `there is no attachment \`${attachmentId}\``);
  const stream = await plane.attachments.read(incidentId, file);
  if (stream === null)
    throw new ControlPlaneError(
      "ERR_PLANE_NOT_FOUND",
      `the bytes of \`${attachmentId}\` are not in this home`,
    );
  return { file: attachmentViewOf(file), stream };
}
