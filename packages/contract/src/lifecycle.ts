import { Type, type Static } from "typebox";
import { operatorRoles, Signed } from "./operator.ts";
import { orNull, strict } from "./shape.ts";
import { Instant, Line, Paragraph } from "./text.ts";

// The stages are those of NIST SP 800-61.
export const stages = ["detected", "investigating", "contained", "recovering", "closed"] as const;
export const severities = ["low", "medium", "high", "critical"] as const;

const noteText = Type.String({ minLength: 1, maxLength: 10_000 });
const Person = Type.String({ minLength: 1, maxLength: 200 });

export const MoveIncident = Type.Object(
  { to: Type.Enum([...stages]), because: Paragraph },
  { ...strict, title: "MoveIncident" },
);
export type MoveIncident = Static<typeof MoveIncident>;

export const SetSeverity = Type.Object(
  { severity: Type.Enum([...severities]), because: Paragraph },
  { ...strict, title: "SetSeverity" },
);
export type SetSeverity = Static<typeof SetSeverity>;

export const ChangeRole = Type.Object(
  { person: Person, role: Type.Enum([...operatorRoles]) },
  { ...strict, title: "ChangeRole" },
);
export type ChangeRole = Static<typeof ChangeRole>;

export const AddNote = Type.Object(
  { text: noteText, occurredAt: Type.Optional(orNull(Instant)) },
  { ...strict, title: "AddNote", description: "`occurredAt`: when what it tells happened" },
);
export type AddNote = Static<typeof AddNote>;

export const Note = Type.Object(
  { id: Type.String(), text: Type.String(), occurredAt: Type.String(), written: Signed },
  { title: "Note" },
);
export type Note = Static<typeof Note>;

export const AddTask = Type.Object(
  {
    title: Line,
    assignee: Type.Optional(orNull(Person)),
    dueAt: Type.Optional(orNull(Instant)),
  },
  { ...strict, title: "AddTask" },
);
export type AddTask = Static<typeof AddTask>;

export const FinishTask = Type.Object({ outcome: Paragraph }, { ...strict, title: "FinishTask" });
export type FinishTask = Static<typeof FinishTask>;

export const Task = Type.Object(
  {
    id: Type.String(),
    title: Type.String(),
    assignee: orNull(Type.String()),
    dueAt: orNull(Type.String()),
    added: Signed,
    finished: orNull(Type.Object({ by: Type.String(), at: Type.String(), outcome: Type.String() })),
  },
  { title: "Task" },
);
export type Task = Static<typeof Task>;

/** A file, known by what is in it. Its name is for people and never names a place. */
export const Attachment = Type.Object(
  {
    id: Type.String(),
    name: Type.String(),
    sha256: Type.String({ pattern: "^[0-9a-f]{64}$" }),
    bytes: Type.Integer({ minimum: 0 }),
    attached: Signed,
  },
  { title: "Attachment" },
);
export type Attachment = Static<typeof Attachment>;

/** The largest file that can be attached, in bytes. */
export const attachmentBytesMax = 100 * 1024 * 1024;

export const StageMove = Type.Object(
  {
    from: Type.Enum([...stages]),
    to: Type.Enum([...stages]),
    by: Type.String(),
    at: Type.String(),
    because: Type.String(),
  },
  { title: "StageMove" },
);
export type StageMove = Static<typeof StageMove>;
