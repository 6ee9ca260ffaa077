import type { DraftNotice, Notice } from "@cordon/contract";
import type { IncidentEvent } from "@cordon/response";
import type { Caller } from "../caller.ts";
import { digestOf } from "../digest.ts";
import { takeCensus } from "../notices/audience-census.ts";
import { correctionOf } from "../notices/correction.ts";
import { DutyRoll } from "../notices/duty-roll.ts";
import { judgementsOf, type NoticeWords } from "../notices/notice-words.ts";
import { noticeFactsOf } from "../notices/notice-facts-of.ts";
import { settleRecipients } from "../notices/recipients.ts";
import { ControlPlaneError } from "../errors.ts";
import { paceOf, type NoticeTerms } from "../notices/notice-terms.ts";
import { newId, type Plane } from "../plane.ts";
import { noticeView } from "../queries/notice-view.ts";
import { plain, requireIncident, runCommand } from "../run-command.ts";

/**
 * Sets of duties beyond which nobody is told of their own: the ledger keeps at most 255 sets of statements apart, and each set
 * of duties makes two.
 */
const dutySetsMax = 100;

/** Drafts texts and recipients together, so that what is approved later is exactly what is sent, and to whom. */
export async function draftNotice(
  plane: Plane,
  caller: Caller,
  incidentId: string,
  body: DraftNotice,
): Promise<Notice> {
  const { incident, event } = await runCommand(plane, {
    caller,
    operation: "draftNotice",
    request: body,
    incidentId,
    command: async () => {
      plane.desk.requireFrom();
      await plane.directory.ensure();
      const { email = null, page = null } = body.contact;
      return {
        kind: "draft-notice",
        noticeId: newId(plane, "notice"),
        sender: {
          service: body.service,
          signature: body.signature,
          contact: { email, page },
          discoveredAt: body.discoveredAt ?? null,
          recoveryPage: body.recoveryPage ?? null,
          publicPage: body.publicPage ?? null,
          nextUpdate: body.nextUpdate ?? null,
        },
      };
    },
    complete: async (events) => [
      ...events,
      ...(await manifests(plane, caller.operator, incidentId, events, body)),
    ],
  });
  return noticeView(plane, incident, event.type === "notice-drafted" ? event.data.noticeId : "");
}

async function manifests(
  plane: Plane,
  by: string,
  incidentId: string,
  events: readonly IncidentEvent[],
  body: DraftNotice,
): Promise<IncidentEvent[]> {
  const [drafted] = events;
  if (drafted?.type !== "notice-drafted") return [];
  const { noticeId, edition, factSheet, factSheetDigest, affected } = drafted.data;
  const incident = requireIncident(plane, incidentId);
  const decoys = [...new Set([...incident.answers.values()].flatMap((answer) => answer.decoys))];
  const { directory } = plane.directory;
  const recipients = await settleRecipients(directory, affected, decoys);
  const roll = await DutyRoll.read(directory, incident, factSheet);
  const fallbacks = body.fallbacks ?? {};
  const census = await takeCensus(directory, recipients, roll, factSheet, fallbacks);
  const settled: NoticeWords = {
    cause: body.cause ?? null,
    done: body.done ?? [],
    judgements: judgementsOf(incident),
    fallbacks,
    correction: null,
    wrong: null,
    directoryAsOf: census.dutySets > dutySetsMax ? null : recipients.presentAt,
  };
  const words: NoticeWords =
    body.corrects === undefined
      ? settled
      : {
          ...settled,
          ...correctionOf(
            incident,
            body.corrects,
            { facts: noticeFactsOf(factSheet, settled), affectedPlanned: recipients.affected.length },
            plane.clock(),
          ),
        };
  const salt = plane.randomBytes(32);
  const from = plane.desk.requireFrom();
  const prepared = await plane.desk.prepare({
    sheet: factSheet,
    words,
    incidentId,
    edition,
    affectedPlanned: recipients.affected.length,
    from,
    salt,
  });
  const terms = termsOf(plane, body);
  const manifest = plain({
    factSheet: factSheetDigest,
    messages: prepared.digest,
    from,
    words,
    terms,
    census,
    recipients,
  });
  return [
    {
      type: "notice-manifest",
      data: {
        by,
        noticeId,
        manifest,
        manifestDigest: digestOf(manifest),
        unreachable: recipients.unreachable,
        salt: Buffer.from(salt).toString("base64"),
      },
    },
  ];
}

/** The channels that are asked for, or all that there are. Throws ERR_PLANE_NO_CHANNEL, `ERR_NOTICE_PACE`. */
function termsOf(plane: Plane, { channels, urgency, pace }: DraftNotice): NoticeTerms {
  const { pushOrigin, receivers } = plane.desk;
  const wants = (channel: "push" | "webhook", isThere: boolean): boolean => {
    if (channels === undefined) return isThere;
    if (channels.includes(channel) && !isThere)
      throw new ControlPlaneError("ERR_PLANE_NO_CHANNEL", `the control plane has no channel \`${channel}\``, {
        hint: "start it with --channels",
      });
    return channels.includes(channel);
  };
  const terms: NoticeTerms = {
    push: wants("push", pushOrigin !== null),
    webhooks: wants("webhook", receivers.length > 0) ? receivers.map(({ name }) => name) : [],
    urgency: urgency ?? "ordinary",
    pace: pace ?? null,
  };
  paceOf(terms, undefined);
  return terms;
}
