import type { AddNote, Note } from "@cordon/contract";
import type { Caller } from "../caller.ts";
import { newId, type Plane } from "../plane.ts";
import { noteView } from "../queries/lifecycle-view.ts";
import { runCommand } from "../run-command.ts";

export async function addNote(
  plane: Plane,
  caller: Caller,
  incidentId: string,
  body: AddNote,
): Promise<Note> {
  const { incident, event } = await runCommand(plane, {
    caller,
    operation: "addNote",
    request: body,
    incidentId,
    command: () => ({
      kind: "add-note",
      noteId: newId(plane, "note"),
      text: body.text,
      occurredAt: body.occurredAt ?? null,
    }),
  });
  return noteView(incident, event);
}
