import { parseInstant } from "@cordon/model";
import type { DecisionContext } from "../command.ts";
import { ResponseError } from "../errors.ts";
import type { IncidentEvent } from "../event.ts";
import type { Incident } from "../incident.ts";
import { roles, systemOperator } from "../role.ts";
import { requireRoom, requireText } from "../wording.ts";
import type { LifecycleCommand } from "./lifecycle-command.ts";
import { severities, stageMoves } from "./stage.ts";

/** Limits of what one incident holds. */
export const lifecycleLimits = {
  notes: 10_000,
  tasks: 1_000,
  attachments: 1_000,
  attachmentBytes: 1_073_741_824,
  people: 500,
} as const;

type Command<Kind extends LifecycleCommand["kind"]> = Extract<LifecycleCommand, { kind: Kind }>;

export function decideLifecycle(
  incident: Incident,
  command: LifecycleCommand,
  context: DecisionContext,
): IncidentEvent[] {
  const by = context.operator;
  switch (command.kind) {
    case "move-incident":
      return moveIncident(incident, command, by);
    case "reopen-incident": {
      if (incident.stage !== "closed")
        throw new ResponseError("ERR_STAGE", [`the incident is ${incident.stage}, not closed`]);
      return [
        { type: "incident-reopened", data: { by, because: requireText("the reason", command.because) } },
      ];
    }
    case "set-severity": {
      const { severity, because } = command;
      if (!severities.includes(severity))
        throw new ResponseError("ERR_TEXT", [
          `\`${severity}\` is no severity, expected ${severities.join(", ")}`,
        ]);
      return [{ type: "severity-set", data: { by, severity, because: requireText("the reason", because) } }];
    }
    case "grant-role":
    case "revoke-role":
      return changeRole(incident, command, by);
    case "add-note": {
      requireRoom("notes", incident.notes.length, lifecycleLimits.notes);
      requireNew("note", command.noteId, incident.notes.map((note) => note.noteId)); // prettier-ignore
      requireInstant("occurredAt", command.occurredAt);
      const { noteId, text, occurredAt } = command;
      return [{ type: "note-added", data: { by, noteId, text: requireText("the note", text), occurredAt } }];
    }
    case "add-task": {
      requireRoom("tasks", incident.tasks.length, lifecycleLimits.tasks);
      requireNew("task", command.taskId, incident.tasks.map((task) => task.taskId)); // prettier-ignore
      requireInstant("dueAt", command.dueAt);
      const { taskId, assignee, dueAt } = command;
      const title = requireText("the title", command.title);
      return [{ type: "task-added", data: { by, taskId, title, assignee, dueAt } }];
    }
    case "finish-task":
      return finishTask(incident, command, by);
    case "attach-file":
      return attachFile(incident, command, by);
  }
}

function moveIncident(incident: Incident, command: Command<"move-incident">, by: string): IncidentEvent[] {
  const { to } = command;
  const from = incident.stage;
  const may = stageMoves[from];
  if (!may.includes(to)) {
    const hint =
      to === "closed"
        ? "the all clear closes it"
        : from === "closed"
          ? "reopen it"
          : `next: ${may.join(", ")}`;
    throw new ResponseError("ERR_STAGE", [`the incident is ${from}, so it can't become ${to}`], hint);
  }
  const because = requireText("the reason", command.because);
  return [{ type: "stage-moved", data: { by, from, to, because } }];
}

function changeRole(
  incident: Incident,
  command: Command<"grant-role" | "revoke-role">,
  by: string,
): IncidentEvent[] {
  const { person, role } = command;
  requireText("the person", person);
  if (!roles.includes(role))
    throw new ResponseError("ERR_TEXT", [`\`${role}\` is no role, expected ${roles.join(", ")}`]);
  const has = incident.people.get(person) ?? [];
  if (command.kind === "revoke-role") {
    if (!has.includes(role))
      throw new ResponseError("ERR_ROLE_STATE", [`\`${person}\` was not granted \`${role}\` here`]);
    return [{ type: "role-revoked", data: { by, person, role } }];
  }
  // INVARIANT: nobody gives themself a role, and no person commands under the workers' name.
  if (person === by)
    throw new ResponseError("ERR_OWN_APPROVAL", [`\`${by}\` can't grant a role to themself`]);
  if (person === systemOperator)
    throw new ResponseError("ERR_ROLE_STATE", [`\`${systemOperator}\` is no person`]);
  if (has.includes(role))
    throw new ResponseError("ERR_ROLE_STATE", [`\`${person}\` is \`${role}\` here already`]);
  if (has.length === 0) requireRoom("people", incident.people.size, lifecycleLimits.people);
  return [{ type: "role-granted", data: { by, person, role } }];
}

function finishTask(incident: Incident, command: Command<"finish-task">, by: string): IncidentEvent[] {
  const { taskId } = command;
  const task = incident.tasks.find((one) => one.taskId === taskId);
  if (task === undefined) throw new ResponseError("ERR_TASK", [`there is no task \`${taskId}\``]);
  if (task.finished !== null)
    throw new ResponseError("ERR_TASK", [`task \`${taskId}\` was finished by \`${task.finished.by}\``]);
  const outcome = requireText("the outcome", command.outcome);
  return [{ type: "task-finished", data: { by, taskId, outcome } }];
}

function attachFile(incident: Incident, command: Command<"attach-file">, by: string): IncidentEvent[] {
  const { attachmentId, name, sha256, bytes } = command;
  requireRoom("attachments", incident.attachments.length, lifecycleLimits.attachments);
  requireNew("attachment", attachmentId, incident.attachments.map((one) => one.attachmentId)); // prettier-ignore
  if (!/^[0-9a-f]{64}$/.test(sha256))
    throw new ResponseError("ERR_ATTACHMENT", [`\`${sha256}\` is no SHA-256, expected 64 hex digits`]);
  // A name is for people to read. It never names a place in a file system.
  // eslint-disable-next-line no-control-regex -- control characters are what it refuses
  if (name.trim() === "" || name.length > 255 || /[/\\\u0000-\u001f]/.test(name) || /^\.+$/.test(name))
    throw new ResponseError("ERR_ATTACHMENT", ["the name is no file name, expected one without a path"]);
  if (!Number.isSafeInteger(bytes) || bytes < 0 || bytes > lifecycleLimits.attachmentBytes) {
    throw new ResponseError("ERR_ATTACHMENT", [
      `the size is ${bytes}, expected 0 to ${lifecycleLimits.attachmentBytes} bytes`,
    ]);
  }
  return [{ type: "file-attached", data: { by, attachmentId, name, sha256, bytes } }];
}

function requireNew(what: string, id: string, known: readonly string[]): void {
  if (known.includes(id)) throw new ResponseError("ERR_EXISTS", [`there is a ${what} \`${id}\` already`]);
}

function requireInstant(what: string, text: string | null): void {
  if (text !== null && parseInstant(text) === null)
    throw new ResponseError("ERR_TEXT", [`\`${what}\` is \`${text}\`, expected an RFC 3339 time with \`Z\``]);
}
