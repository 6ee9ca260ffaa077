import type { Done } from "../event.ts";
import type { Role } from "../role.ts";
import type { Severity, Stage } from "./stage.ts";

interface StageMoved extends Done {
  readonly from: Stage;
  readonly to: Stage;
  readonly because: string;
}

interface IncidentReopened extends Done {
  readonly because: string;
}

interface SeveritySet extends Done {
  readonly severity: Severity;
  readonly because: string;
}

interface RoleChanged extends Done {
  readonly person: string;
  readonly role: Role;
}

interface NoteAdded extends Done {
  readonly noteId: string;
  readonly text: string;
  readonly occurredAt: string | null;
}

interface TaskAdded extends Done {
  readonly taskId: string;
  readonly title: string;
  readonly assignee: string | null;
  readonly dueAt: string | null;
}

interface TaskFinished extends Done {
  readonly taskId: string;
  readonly outcome: string;
}

interface FileAttached extends Done {
  readonly attachmentId: string;
  readonly name: string;
  readonly sha256: string;
  readonly bytes: number;
}

export interface LifecycleEventData {
  readonly "stage-moved": StageMoved;
  readonly "incident-reopened": IncidentReopened;
  readonly "severity-set": SeveritySet;
  readonly "role-granted": RoleChanged;
  readonly "role-revoked": RoleChanged;
  readonly "note-added": NoteAdded;
  readonly "task-added": TaskAdded;
  readonly "task-finished": TaskFinished;
  readonly "file-attached": FileAttached;
}
