import type { DraftNotice, Notice } from "@cordon/contract";
import type { IncidentEvent } from "@cordon/response";
import type { Caller } from "../caller.ts";
import { digestOf } from "../digest.ts";
import { settleRecipients } from "../notices/recipients.ts";
import { newId, type Plane } from "../plane.ts";
import { noticeView } from "../queries/notice-view.ts";
import { plain, requireIncident, runCommand } from "../run-command.ts";

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
    complete: async (events) => [...events, ...(await manifests(plane, caller.operator, incidentId, events))],
  });
  return noticeView(plane, incident, event.type === "notice-drafted" ? event.data.noticeId : "");
}

async function manifests(
  plane: Plane,
  by: string,
  incidentId: string,
  events: readonly IncidentEvent[],
): Promise<IncidentEvent[]> {
  const [drafted] = events;
  if (drafted?.type !== "notice-drafted") return [];
  const { noticeId, edition, factSheet, factSheetDigest, affected } = drafted.data;
  const incident = requireIncident(plane, incidentId);
  const decoys = [...new Set([...incident.answers.values()].flatMap((answer) => answer.decoys))];
  const recipients = await settleRecipients(plane.directory.directory, affected, decoys);
  const salt = plane.randomBytes(32);
  const from = plane.desk.requireFrom();
  const prepared = await plane.desk.prepare({
    sheet: factSheet,
    incidentId,
    edition,
    affectedPlanned: recipients.affected.length,
    from,
    salt,
  });
  const manifest = plain({ factSheet: factSheetDigest, messages: prepared.digest, from, recipients });
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
