import type { NotSentList } from "@cordon/contract";
import { formatInstant, InputError } from "@cordon/model";
import type { NoticeRecord, NotSent } from "@cordon/notices";
import { contactsOf } from "../notices/recipients.ts";
import { termsIn } from "../notices/notice-terms.ts";
import { requireIncident } from "../run-command.ts";
import type { Plane } from "../plane.ts";
import type { PageRequest } from "./page.ts";
import { mailingsOf } from "./read-deliveries.ts";

type Place = { readonly noticeNo: number; readonly after: number | null };

/**
 * Everybody whom a notice has not reached for certain, channel by channel, by ordinal; whom the directory lacks first, all on the first
 * page. Each page is that of one instant. Throws ERR_PLANE_NOT_FOUND, and an InputError for a cursor that no page gave.
 */
export async function listNotSent(
  plane: Plane,
  incidentId: string,
  noticeId: string,
  page: PageRequest,
): Promise<NotSentList> {
  await plane.record.catchUp();
  const mailings = await mailingsOf(plane, incidentId, noticeId);
  const place = page.cursor === null ? null : placeOf(page.cursor, mailings);
  const people: { readonly mailing: NoticeRecord; readonly person: NotSent }[] = [];
  let next: string | null = null;
  const from = place === null ? 0 : mailings.findIndex(({ noticeNo }) => noticeNo === place.noticeNo);
  for (const mailing of mailings.slice(from)) {
    const after = mailing.noticeNo === place?.noticeNo ? place.after : null;
    for await (const person of plane.desk.ledger.notSent(mailing.noticeNo, after)) {
      // Whoever has no ordinal has no place to go on from: they are never cut off.
      if (people.length >= page.limit && person.ordinal !== null) {
        const last = people.at(-1);
        next = `${last?.mailing.noticeNo ?? mailing.noticeNo}:${last?.person.ordinal ?? -1}`;
        break;
      }
      people.push({ mailing, person });
    }
    if (next !== null) break;
  }
  const notice = requireIncident(plane, incidentId).notices.find((one) => one.noticeId === noticeId);
  const { webhooks } = termsIn(notice?.manifest?.manifest ?? {});
  return { entries: await named(plane, people, webhooks), next };
}

function placeOf(cursor: string, mailings: readonly NoticeRecord[]): Place {
  const [, notice, after] = /^(\d{1,9}):(-1|\d{1,10})$/.exec(cursor) ?? [];
  const noticeNo = Number(notice);
  if (after === undefined || !mailings.some((mailing) => mailing.noticeNo === noticeNo))
    throw new InputError(["cursor"], `\`${cursor}\` is no cursor`, "`next` of a page");
  return { noticeNo, after: Number(after) };
}

async function named(
  plane: Plane,
  people: readonly { readonly mailing: NoticeRecord; readonly person: NotSent }[],
  receivers: readonly string[],
): Promise<NotSentList["entries"]> {
  const ordinals = [
    ...new Set(
      people.flatMap(({ mailing, person }) => (mailing.channel === "webhook" ? [] : (person.ordinal ?? []))),
    ),
  ].sort((a, b) => a - b);
  const contacts = await contactsOf(plane.directory.directory, ordinals);
  const nameOf = ({ channel }: NoticeRecord, { ordinal, accountId }: NotSent): string | null => {
    if (ordinal === null) return accountId;
    // In this channel's ledger places stand for receivers.
    if (channel === "webhook") return receivers[ordinal] ?? null;
    return contacts.get(ordinal)?.accountId ?? null;
  };
  return people.map(({ mailing, person }) => ({
    channel: mailing.channel,
    account: nameOf(mailing, person),
    ordinal: person.ordinal,
    audience: person.audience,
    state: person.state,
    cause: person.cause,
    attempts: person.attempts,
    replyCode: person.replyCode,
    status: person.status,
    at: person.changedAtMs === null ? null : formatInstant(person.changedAtMs),
  }));
}
