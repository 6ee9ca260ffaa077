import {
  allWrong,
  textsWith,
  wrongBetween,
  type Audience,
  type CorrectionFact,
  type DeliveryLedger,
  type NoticeFacts,
  type WrongBy,
} from "@cordon/notices";
import { formatInstant } from "@cordon/model";
import type { Incident, NoticeState } from "@cordon/response";
import { ControlPlaneError } from "../errors.ts";
import { noticeFactsOf } from "./notice-facts-of.ts";
import { wordsIn } from "./notice-words.ts";
import type { Recipients } from "./recipients.ts";

/** An edition as it was told. */
interface Told {
  readonly facts: NoticeFacts;
  readonly affectedPlanned: number;
  readonly directoryAsOf: string | null;
  readonly recipients: Recipients;
}

/** What of an earlier notice the facts of now take back. Throws ControlPlaneError when there is no such notice, or nothing wrong. */
export function correctionOf(
  incident: Incident,
  noticeId: string,
  now: { readonly facts: NoticeFacts; readonly affectedPlanned: number },
  nowMs: number,
): { readonly correction: CorrectionFact; readonly wrong: WrongBy } {
  const notice = incident.notices.find((one) => one.noticeId === noticeId);
  if (notice === undefined || (notice.phase !== "stopped" && notice.phase !== "sent")) {
    throw new ControlPlaneError(
      "ERR_PLANE_NOT_FOUND",
      `no notice \`${noticeId}\` was sent, so none can be corrected`,
    );
  }
  const wrong = wrongBetween(toldBy(notice), now);
  const all = allWrong(wrong);
  if (all.length === 0) {
    throw new ControlPlaneError(
      "ERR_PLANE_STALE",
      `nothing that notice \`${noticeId}\` said has become wrong`,
      {
        hint: "make the claim on the new answer first; for other news draft a notice without `corrects`",
      },
    );
  }
  const since = incident.claims.reduce(
    (latest, { contradicted }) => Math.max(latest, contradicted?.atMs ?? 0),
    0,
  );
  return {
    correction: {
      edition: notice.edition,
      since: formatInstant(since === 0 ? nowMs : since),
      wrong: all,
    },
    wrong,
  };
}

function toldBy(notice: NoticeState): Told {
  const recorded = notice.manifest?.manifest ?? {};
  const words = wordsIn(recorded);
  // The journal gives back what `draftNotice` recorded.
  const recipients = recorded["recipients"] as Recipients;
  return {
    facts: noticeFactsOf(notice.factSheet, words),
    affectedPlanned: recipients.affected.length,
    directoryAsOf: words.directoryAsOf,
    recipients,
  };
}

/**
 * Exactly those who got one of the wrong sentences, or may have (their message's fate is not known): ordinals in batches,
 * decoys and the people who were never written to not among them.
 */
export async function* whoGotIt(
  ledger: DeliveryLedger,
  incident: Incident,
  { edition, wrong }: CorrectionFact,
): AsyncGenerator<number[]> {
  const notice = incident.notices.find((one) => one.edition === edition);
  const record = await ledger.find(incident.incidentId, edition);
  if (notice === undefined || record === null) return;
  const sent = (await ledger.statementSets(record.noticeNo)).map(({ digest }) => digest);
  const digests = textsWith(wrong, toldBy(notice), sent);
  for await (const { got, mayHave } of ledger.whoGot(record.noticeNo, digests)) {
    yield [...got, ...mayHave].toSorted((a, b) => a - b);
  }
}

/** As whom each person was told by the edition that is corrected. */
export async function toldAs(
  ledger: DeliveryLedger,
  incident: Incident,
  correction: CorrectionFact | null,
): Promise<(ordinal: number) => Audience | null> {
  if (correction === null) return () => null;
  const notice = incident.notices.find((one) => one.edition === correction.edition);
  const affected = new Set(notice === undefined ? [] : toldBy(notice).recipients.affected);
  const reached = new Set<number>();
  for await (const batch of whoGotIt(ledger, incident, correction)) for (const one of batch) reached.add(one);
  return (ordinal) => (!reached.has(ordinal) ? null : affected.has(ordinal) ? "affected" : "general");
}
