import type { Plane } from "../plane.ts";

/** Seals files that were attached before files were sealed. One that no incident knows, or that was changed, stays as it is. */
export async function sealAttachments(plane: Plane, signal: AbortSignal): Promise<void> {
  await plane.record.catchUp();
  for (const sha256 of await plane.attachments.unsealed()) {
    if (signal.aborted) return;
    const places = plane.record
      .incidents()
      .filter(({ retention }) => retention.shredded === null)
      .flatMap(({ incidentId, attachments }) =>
        attachments
          .filter((file) => file.sha256 === sha256)
          .map(({ attachmentId }) => ({ incidentId, attachmentId })),
      );
    if (places.length > 0) await plane.attachments.sealOld(sha256, places);
  }
}
