import type { Notice, NoticeCounts } from "@cordon/contract";
import { formatInstant } from "@cordon/model";
import type { StateCounts } from "@cordon/notices";
import type { Deliveries, Incident, NoticeState } from "@cordon/response";
import { ControlPlaneError } from "../errors.ts";
import { censusIn } from "../notices/require-languages.ts";
import { termsIn } from "../notices/notice-terms.ts";
import type { Plane } from "../plane.ts";
import { signedOrNull, signedView } from "./signed-view.ts";

const nobody: NoticeCounts = { planned: 0, delivered: 0, failed: 0, unknown: 0, pending: 0, unreachable: 0 };

/** Throws ERR_PLANE_NOT_FOUND. */
export async function noticeView(plane: Plane, incident: Incident, noticeId: string): Promise<Notice> {
  const notice = incident.notices.find((one) => one.noticeId === noticeId);
  if (notice === undefined)
    throw new ControlPlaneError("ERR_PLANE_NOT_FOUND", `there is no notice \`${noticeId}\``);
  return viewOf(plane, incident, notice);
}

export async function viewOf(plane: Plane, incident: Incident, notice: NoticeState): Promise<Notice> {
  const { affected, everybodyElse } = await countsOf(plane, incident, notice);
  return {
    id: notice.noticeId,
    edition: notice.edition,
    claims: notice.factSheet.claims.map((claim) => claim.claimId),
    state: notice.phase,
    drafted: signedView(notice.drafted),
    approved: signedOrNull(notice.approved),
    factSheetDigest: notice.factSheetDigest,
    manifestDigest: notice.manifest?.manifestDigest ?? "",
    stopped:
      notice.stopped === null
        ? null
        : { at: formatInstant(notice.stopped.atMs), because: notice.stopped.because },
    audiences: audiencesOf(notice),
    terms: termsOf(notice),
    affected,
    everybodyElse,
    total: sum(affected, everybodyElse),
  };
}

function termsOf({ manifest }: NoticeState): Notice["terms"] {
  const { push, webhooks, urgency, pace } = termsIn(manifest?.manifest ?? {});
  const beside = [...(push ? ["push"] : []), ...(webhooks.length > 0 ? ["webhook"] : [])];
  return { channels: ["email", ...beside], receivers: [...webhooks], urgency, pace };
}

function audiencesOf({ manifest }: NoticeState): Notice["audiences"] {
  const census = manifest === null ? null : censusIn(manifest.manifest);
  if (census === null) return null;
  const { languages, missing, affected, mustAct, nothingToDo, withoutAddress } = census;
  const told = new Map<string, number>();
  for (const { locale, people } of languages) told.set(locale, (told.get(locale) ?? 0) + people);
  return {
    languages: [...told].map(([locale, people]) => ({ locale, people })),
    missing: missing.map(({ locale, people }) => ({ locale, people })),
    localeUnknown: languages.reduce((sum, { by, people }) => (by === "none-known" ? sum + people : sum), 0),
    affected,
    mustAct: { ...mustAct },
    nothingToDo,
    withoutAddress,
  };
}

async function countsOf(
  plane: Plane,
  incident: Incident,
  notice: NoticeState,
): Promise<{ affected: NoticeCounts; everybodyElse: NoticeCounts }> {
  const unreachable = notice.manifest?.unreachable ?? 0;
  if (notice.completed !== null) {
    return {
      affected: { ...ended(notice.completed.affected), unreachable },
      everybodyElse: ended(notice.completed.everybodyElse),
    };
  }
  const counts = notice.phase === "drafted" ? null : await plane.desk.counts(incident.incidentId, notice);
  if (counts === null) return { affected: { ...nobody, unreachable }, everybodyElse: nobody };
  return { affected: { ...onTheWay(counts.affected), unreachable }, everybodyElse: onTheWay(counts.general) };
}

function ended({ delivered, failed, unknown }: Deliveries): NoticeCounts {
  return { ...nobody, planned: delivered + failed + unknown, delivered, failed, unknown };
}

function onTheWay(counts: StateCounts): NoticeCounts {
  const pending = counts.planned + counts.leased;
  const delivered = counts.handed_over + counts.confirmed;
  const failed = counts.failed + counts.bounced;
  const { unknown } = counts;
  return {
    planned: pending + delivered + failed + unknown,
    delivered,
    failed,
    unknown,
    pending,
    unreachable: 0,
  };
}

function sum(a: NoticeCounts, b: NoticeCounts): NoticeCounts {
  return {
    planned: a.planned + b.planned,
    delivered: a.delivered + b.delivered,
    failed: a.failed + b.failed,
    unknown: a.unknown + b.unknown,
    pending: a.pending + b.pending,
    unreachable: a.unreachable + b.unreachable,
  };
}
