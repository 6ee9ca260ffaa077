import type * as contract from "@cordon/contract";
import { formatInstant } from "@cordon/model";
import {
  standingRiskDecisions,
  type Attachment,
  type Incident,
  type IncidentEvent,
  type Note,
  type RiskDecision,
  type Task,
} from "@cordon/response";
import { ControlPlaneError } from "../errors.ts";
import { signedView } from "./signed-view.ts";

export function noteViewOf(note: Note): contract.Note {
  const { noteId: id, text, occurredAt } = note;
  return { id, text, occurredAt, written: signedView(note) };
}

export function taskViewOf({ taskId: id, title, assignee, dueAt, added, finished }: Task): contract.Task {
  return {
    id,
    title,
    assignee,
    dueAt,
    added: signedView(added),
    finished: finished === null ? null : { ...signedView(finished), outcome: finished.outcome },
  };
}

export function attachmentViewOf(file: Attachment): contract.Attachment {
  const { attachmentId: id, name, sha256, bytes } = file;
  return { id, name, sha256, bytes, attached: signedView(file) };
}

export function riskViewOf(incident: Incident, decision: RiskDecision): contract.RiskDecision {
  const { decisionId: id, statement, because, claimIds, digest, stated, signed } = decision;
  return {
    id,
    statement,
    because,
    claimIds: [...claimIds],
    digest,
    stated: signedView(stated),
    signed: signed === null ? null : { by: signed.by, at: formatInstant(signed.atMs), name: signed.name },
    stands: standingRiskDecisions(incident).has(id),
  };
}

function found<T>(what: string, one: T | undefined): T {
  if (one === undefined)
    throw new ControlPlaneError("ERR_PLANE_NOT_FOUND", `the ${what} is no longer on record`);
  return one;
}

/** The note that an event added. */
export function noteView({ notes }: Incident, { type, data }: IncidentEvent): contract.Note {
  const id = type === "note-added" ? data.noteId : null;
  return noteViewOf(found("note", notes.find((one) => one.noteId === id))); // prettier-ignore
}

/** The task that an event added or finished. */
export function taskView({ tasks }: Incident, { type, data }: IncidentEvent): contract.Task {
  const id = type === "task-added" || type === "task-finished" ? data.taskId : null;
  return taskViewOf(found("task", tasks.find((one) => one.taskId === id))); // prettier-ignore
}

/** The file that an event attached. */
export function attachmentView(
  { attachments }: Incident,
  { type, data }: IncidentEvent,
): contract.Attachment {
  const id = type === "file-attached" ? data.attachmentId : null;
  return attachmentViewOf(found("file", attachments.find((one) => one.attachmentId === id))); // prettier-ignore
}

/** The decision that an event stated or signed. */
export function riskView(incident: Incident, { type, data }: IncidentEvent): contract.RiskDecision {
  const id =
    type === "no-increased-risk-stated" || type === "no-increased-risk-signed" ? data.decisionId : null;
  const decision = incident.riskDecisions.find((one) => one.decisionId === id);
  return riskViewOf(incident, found("decision", decision));
}
