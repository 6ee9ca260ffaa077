import type { AccountExplanation } from "@cordon/contract";
import type { Incident } from "@cordon/response";
import type { Plane } from "../plane.ts";

type NoticeMet = AccountExplanation["notices"][number];

/** What has become of an incident's notices for one account; `ordinal` is null when the directory lacks it. */
export async function accountNotices(
  plane: Plane,
  incident: Incident,
  { account, ordinal }: { readonly account: string; readonly ordinal: number | null },
): Promise<readonly NoticeMet[]> {
  const met: NoticeMet[] = [];
  for (const notice of incident.notices) {
    const isAffected = notice.affected.includes(account);
    const found = await plane.desk.ledger.find(incident.incidentId, notice.edition);
    const fate =
      found === null || ordinal === null ? null : await plane.desk.ledger.fateOf(found.noticeNo, ordinal);
    met.push({
      incidentId: incident.incidentId,
      noticeId: notice.noticeId,
      edition: notice.edition,
      audience: isAffected || fate?.audience === "affected" ? "affected" : "everybody-else",
      // People whom the evidence names and the directory lacks have no address.
      state: fate?.state ?? (isAffected && ordinal === null ? "unreachable" : "not-planned"),
    });
  }
  return met;
}
