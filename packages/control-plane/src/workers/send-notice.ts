import { parseInstant } from "@cordon/model";
import {
  deliver,
  sendPlanned,
  type ClaimsVerdict,
  type NoticeCounts,
  type StateCounts,
} from "@cordon/notices";
import { stopReason, type Deliveries, type Incident, type NoticeState } from "@cordon/response";
import { worker } from "../caller.ts";
import type { Plane } from "../plane.ts";
import { runCommand } from "../run-command.ts";
import { ContactHistory } from "../notices/contact-history.ts";
import { toldAs, whoGotIt } from "../notices/correction.ts";
import { DutyRoll } from "../notices/duty-roll.ts";
import { fallenJudgement, wordsIn } from "../notices/notice-words.ts";
import { noticeFactsOf } from "../notices/notice-facts-of.ts";
import { paceOf, pushPaceOf, termsIn } from "../notices/notice-terms.ts";
import { pushDelivery } from "../notices/push-delivery.ts";
import { pushPeople } from "../notices/push-people.ts";
import { PushSubscriptions } from "../notices/push-subscriptions.ts";
import { contactsOf, everybodyElse, type Recipients } from "../notices/recipients.ts";
import { sendChannels, type ChannelRun } from "../notices/send-channels.ts";
import { learningTransport, withoutSuppressed } from "../notices/suppressing.ts";
import { webhookDelivery } from "../notices/webhook-delivery.ts";

/** Notices that were approved and are not sent to the end, and those that somebody chose to send again to whose fate is unknown. */
export async function noticesToSend(
  plane: Plane,
): Promise<{ readonly incident: Incident; readonly notice: NoticeState }[]> {
  const again = new Set(
    (await plane.desk.ledger.reopened()).map(({ incidentId, edition }) => `${incidentId}/${edition}`),
  );
  return plane.record
    .incidents()
    .flatMap((incident) =>
      incident.notices
        .filter(
          ({ phase, edition }) =>
            phase === "approved" || (phase === "sent" && again.has(`${incident.incidentId}/${edition}`)),
        )
        .map((notice) => ({ incident, notice })),
    );
}

/**
 * Sends a notice from where the ledger stands: the affected first, then everybody else. Resolves to when to go on, in
 * ms, or null when it has ended: everything is final, a claim fell, or the signal was given.
 */
export async function sendNotice(
  plane: Plane,
  incidentId: string,
  noticeId: string,
  signal: AbortSignal,
): Promise<number | null> {
  const found = current(plane, incidentId, noticeId);
  if (found === null || found.notice.manifest === null) return null;
  const { notice } = found;
  const { manifest, manifestDigest, salt: saltText } = found.notice.manifest;
  const recipients = recipientsOf(manifest["recipients"]);
  const words = wordsIn(manifest);
  const from = String(manifest["from"]);
  const salt = Buffer.from(saltText, "base64");
  const prepared = await plane.desk.prepare({
    sheet: notice.factSheet,
    words,
    incidentId,
    edition: notice.edition,
    affectedPlanned: recipients.affected.length,
    from,
    salt,
  });
  if (prepared.digest !== manifest["messages"]) {
    // The texts were approved as they were; a newer Cordon that words them differently must be approved again.
    return stop(plane, incidentId, noticeId, "the messages are no longer worded as they were approved");
  }
  const fallen = stopReason(found.incident, notice);
  if (fallen !== null && notice.phase === "approved") return stop(plane, incidentId, noticeId, fallen);
  if (fallen !== null) return null;
  const directory = plane.directory.directory;
  const present = new Set((await directory.evaluateCohort({ accounts: notice.affected })).accountIds);
  const edition = { incidentId, edition: notice.edition, manifestDigest, salt };
  const planned = await plane.desk.ledger.plan({
    ...edition,
    affected: recipients.affected,
    general:
      words.correction === null
        ? everybodyElse(directory, recipients)
        : whoGotIt(plane.desk.ledger, found.incident, words.correction),
    unreachable: notice.affected.filter((accountId) => !present.has(accountId)),
  });
  const roll =
    words.directoryAsOf === null ? null : await DutyRoll.read(directory, found.incident, notice.factSheet);
  const windows = notice.factSheet.claims.map(({ window }) => parseInstant(window.from) ?? 0);
  const history = await ContactHistory.read(plane.home, Math.min(...windows));
  const was = await toldAs(plane.desk.ledger, found.incident, words.correction);
  const terms = termsIn(manifest);
  const { pace: serversPace, bounceAddress } = plane.desk.terms;
  const pace = paceOf(terms, serversPace);
  const claimsHold = async (): Promise<ClaimsVerdict> => {
    await plane.record.catchUp();
    const now = current(plane, incidentId, noticeId);
    const reason =
      now === null
        ? "the notice is no longer on record"
        : (stopReason(now.incident, now.notice) ?? fallenJudgement(now.incident, words));
    return reason === null ? { holds: true } : { holds: false, reason };
  };
  const { ledger, suppressions } = plane.desk;
  const shared = { ledger, claimsHold, clock: plane.clock };
  const facts = noticeFactsOf(notice.factSheet, words);
  const byMail: ChannelRun = (until) =>
    sendPlanned({
      ...shared,
      noticeNo: planned.noticeNo,
      transport: learningTransport(plane.desk.transport(), suppressions),
      render: (audience, contact) => prepared.render(audience, contact, plane.clock()),
      contacts: async (ordinals) =>
        withoutSuppressed(await contactsOf(directory, ordinals, roll, was, history), suppressions),
      signal: until,
      pace,
      ...(bounceAddress === undefined ? {} : { bounceAddress }),
    });
  const runs = [byMail];
  const numbers = [planned.noticeNo];
  const origin = plane.desk.pushOrigin;
  if (terms.push && origin !== null) {
    const subscriptions = await PushSubscriptions.read(origin.subscriptions);
    const context = { directory, ledger, incident: found.incident, words };
    const people = await pushPeople(context, recipients, subscriptions);
    const { noticeNo } = await ledger.plan({ ...edition, ...people, channel: "push", unreachable: [] });
    const transport = await plane.desk.pushTransport();
    const parts = pushDelivery(directory, subscriptions, { facts, words, incidentId });
    const pushPace = pushPaceOf(pace, origin.perSecond ?? null);
    runs.push((until) =>
      deliver({ ...shared, ...parts, noticeNo, transport, pace: pushPace, signal: until }),
    );
    numbers.push(noticeNo);
  }
  if (terms.webhooks.length > 0) {
    const { webhooks: names } = terms;
    const places = [[...names.keys()]];
    const people = { affected: [], general: places, unreachable: [] };
    const { noticeNo } = await ledger.plan({ ...edition, ...people, channel: "webhook" });
    const affectedPlanned = recipients.affected.length;
    const parts = webhookDelivery(names, plane.desk.receivers, {
      facts,
      edition: notice.edition,
      affectedPlanned,
      salt,
    });
    const transport = plane.desk.webhookTransport();
    runs.push((until) => deliver({ ...shared, ...parts, noticeNo, transport, signal: until }));
    numbers.push(noticeNo);
  }
  const end = await sendChannels(runs, signal, unavailablePauseMs);
  switch (end.kind) {
    case "done":
      for (const noticeNo of numbers) await ledger.closeAgain(noticeNo);
      if (notice.phase === "approved")
        await complete(plane, incidentId, noticeId, await plane.desk.ledger.counts(planned.noticeNo));
      return null;
    case "stopped":
      return notice.phase === "approved" ? stop(plane, incidentId, noticeId, end.reason) : null;
    case "halted":
      // Somebody resumes it, and wakes the worker.
      return null;
    case "unavailable":
      return unavailablePauseMs;
    case "aborted":
      return null;
  }
}

/** The journal gives back what `draftNotice` recorded. */
function recipientsOf(recorded: unknown): Recipients {
  return recorded as Recipients;
}

/** How long a channel rests when its server can't be reached. */
const unavailablePauseMs = 5000;

function current(
  plane: Plane,
  incidentId: string,
  noticeId: string,
): { incident: Incident; notice: NoticeState } | null {
  const incident = plane.record.incident(incidentId);
  const notice = incident?.notices.find((one) => one.noticeId === noticeId);
  return incident === null || notice === undefined ? null : { incident, notice };
}

async function stop(plane: Plane, incidentId: string, noticeId: string, because: string): Promise<null> {
  await runCommand(plane, {
    caller: worker,
    operation: "stopNotice",
    request: null,
    incidentId,
    command: () => ({ kind: "stop-notice", noticeId, because }),
  });
  return null;
}

async function complete(
  plane: Plane,
  incidentId: string,
  noticeId: string,
  counts: NoticeCounts,
): Promise<void> {
  await runCommand(plane, {
    caller: worker,
    operation: "completeNotice",
    request: null,
    incidentId,
    command: () => ({
      kind: "complete-notice",
      noticeId,
      affected: deliveries(counts.affected),
      everybodyElse: deliveries(counts.general),
    }),
  });
}

/** The journal's words for a fate: whatever came back is no delivery. */
function deliveries(counts: StateCounts): Deliveries {
  return {
    delivered: counts.handed_over + counts.confirmed,
    failed: counts.failed + counts.bounced,
    unknown: counts.unknown,
  };
}
