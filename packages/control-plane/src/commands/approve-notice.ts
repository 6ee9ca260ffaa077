import type { Notice } from "@cordon/contract";
import type { Caller } from "../caller.ts";
import type { Plane } from "../plane.ts";
import { noticeView } from "../queries/notice-view.ts";
import { requireLanguages } from "../notices/require-languages.ts";
import { requireIncident, runCommand } from "../run-command.ts";

export async function approveNotice(
  plane: Plane,
  caller: Caller,
  incidentId: string,
  noticeId: string,
): Promise<Notice> {
  const { incident } = await runCommand(plane, {
    caller,
    operation: "approveNotice",
    request: { noticeId },
    incidentId,
    command: () => {
      requireLanguages(requireIncident(plane, incidentId), noticeId);
      return { kind: "approve-notice", noticeId };
    },
  });
  return noticeView(plane, incident, noticeId);
}
