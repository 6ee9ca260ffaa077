import type { AddTask, Task } from "@cordon/contract";
import type { Caller } from "../caller.ts";
import { newId, type Plane } from "../plane.ts";
import { taskView } from "../queries/lifecycle-view.ts";
import { runCommand } from "../run-command.ts";

export async function addTask(
  plane: Plane,
  caller: Caller,
  incidentId: string,
  body: AddTask,
): Promise<Task> {
  const { incident, event } = await runCommand(plane, {
    caller,
    operation: "addTask",
    request: body,
    incidentId,
    command: () => ({
      kind: "add-task",
      taskId: newId(plane, "task"),
      title: body.title,
      assignee: body.assignee ?? null,
      dueAt: body.dueAt ?? null,
    }),
  });
  return taskView(incident, event);
}
