import type { Step } from "../incident.ts";
import type { Role } from "../role.ts";
import type { Severity, Stage } from "./stage.ts";

export interface StageMove extends Step {
  readonly from: Stage;
  readonly to: Stage;
  readonly because: string;
}

export interface Note extends Step {
  readonly noteId: string;
  readonly text: string;
  /** When what it tells happened. */
  readonly occurredAt: string;
}

export interface Task {
  readonly taskId: string;
  readonly title: string;
  readonly assignee: string | null;
  readonly dueAt: string | null;
  readonly added: Step;
  readonly finished: (Step & { readonly outcome: string }) | null;
}

export interface Attachment extends Step {
  readonly attachmentId: string;
  readonly name: string;
  readonly sha256: string;
  readonly bytes: number;
}

/** What an incident is besides its findings, plans and notices. */
export interface Lifecycle {
  readonly stage: Stage;
  /** Null until somebody has judged it. */
  readonly severity: Severity | null;
  readonly stageMoves: readonly StageMove[];
  /** Roles granted in this incident, by person. */
  readonly people: ReadonlyMap<string, readonly Role[]>;
  readonly notes: readonly Note[];
  readonly tasks: readonly Task[];
  readonly attachments: readonly Attachment[];
}

export const newLifecycle: Lifecycle = {
  stage: "detected",
  severity: null,
  stageMoves: [],
  people: new Map(),
  notes: [],
  tasks: [],
  attachments: [],
};
