import type { Role } from "../role.ts";
import type { Severity, Stage } from "./stage.ts";

interface MoveIncident {
  readonly kind: "move-incident";
  readonly to: Stage;
  readonly because: string;
}

/** After the all clear something was found: investigating again. */
interface ReopenIncident {
  readonly kind: "reopen-incident";
  readonly because: string;
}

interface SetSeverity {
  readonly kind: "set-severity";
  readonly severity: Severity;
  readonly because: string;
}

/** Gives a person a role in this incident, or takes it. */
interface ChangeRole {
  readonly kind: "grant-role" | "revoke-role";
  readonly person: string;
  readonly role: Role;
}

/** A note on the timeline. `occurredAt`: when what it tells happened; null: when it is written. */
interface AddNote {
  readonly kind: "add-note";
  readonly noteId: string;
  readonly text: string;
  readonly occurredAt: string | null;
}

interface AddTask {
  readonly kind: "add-task";
  readonly taskId: string;
  readonly title: string;
  readonly assignee: string | null;
  readonly dueAt: string | null;
}

interface FinishTask {
  readonly kind: "finish-task";
  readonly taskId: string;
  readonly outcome: string;
}

/** A file kept elsewhere, known by what is in it. `sha256`: 64 lower-case hex digits. */
interface AttachFile {
  readonly kind: "attach-file";
  readonly attachmentId: string;
  readonly name: string;
  readonly sha256: string;
  readonly bytes: number;
}

export type LifecycleCommand =
  MoveIncident | ReopenIncident | SetSeverity | ChangeRole | AddNote | AddTask | FinishTask | AttachFile;
