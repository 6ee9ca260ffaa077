import { formatInstant } from "@cordon/model";
import type { Incident } from "../incident.ts";
import type { Role } from "../role.ts";
import type { LifecycleEventData } from "./lifecycle-event.ts";
import type { StageMove } from "./lifecycle-state.ts";

type LifecycleEvent = {
  readonly [T in keyof LifecycleEventData]: { readonly type: T; readonly data: LifecycleEventData[T] };
}[keyof LifecycleEventData];

export function evolveLifecycle(incident: Incident, event: LifecycleEvent, atMs: number): Incident {
  const step = { by: event.data.by, atMs };
  switch (event.type) {
    case "stage-moved": {
      const { from, to, because } = event.data;
      return moved(incident, { ...step, from, to, because });
    }
    case "incident-reopened": {
      const move = {
        ...step,
        from: incident.stage,
        to: "investigating" as const,
        because: event.data.because,
      };
      return { ...moved(incident, move), allClear: null };
    }
    case "severity-set":
      return { ...incident, severity: event.data.severity };
    case "role-granted":
    case "role-revoked": {
      const { person, role } = event.data;
      const others = (incident.people.get(person) ?? []).filter((one) => one !== role);
      return withRoles(incident, person, event.type === "role-granted" ? [...others, role] : others);
    }
    case "note-added": {
      const { noteId, text, occurredAt } = event.data;
      const note = { ...step, noteId, text, occurredAt: occurredAt ?? formatInstant(atMs) };
      return { ...incident, notes: [...incident.notes, note] };
    }
    case "task-added": {
      const { taskId, title, assignee, dueAt } = event.data;
      const task = { taskId, title, assignee, dueAt, added: step, finished: null };
      return { ...incident, tasks: [...incident.tasks, task] };
    }
    case "task-finished": {
      const { taskId, outcome } = event.data;
      const tasks = incident.tasks.map((task) =>
        task.taskId === taskId ? { ...task, finished: { ...step, outcome } } : task,
      );
      return { ...incident, tasks };
    }
    case "file-attached": {
      const { attachmentId, name, sha256, bytes } = event.data;
      return {
        ...incident,
        attachments: [...incident.attachments, { ...step, attachmentId, name, sha256, bytes }],
      };
    }
  }
}

/** The incident after a step from one stage to the next. */
export function moved(incident: Incident, move: StageMove): Incident {
  return { ...incident, stage: move.to, stageMoves: [...incident.stageMoves, move] };
}

function withRoles(incident: Incident, person: string, granted: readonly Role[]): Incident {
  const people = new Map(incident.people);
  if (granted.length === 0) people.delete(person);
  else people.set(person, granted);
  return { ...incident, people };
}
