import type { FinishTask, Task } from "@cordon/contract";
import type { Caller } from "../caller.ts";
import type { Plane } from "../plane.ts";
import { taskView } from "../queries/lifecycle-view.ts";
import { runCommand } from "../run-command.ts";

export async function finishTask(
  plane: Plane,
  caller: Caller,
  incidentId: string,
  taskId: string,
  body: FinishTask,
): Promise<Task> {
  const { incident, event } = await runCommand(plane, {
    caller,
    operation: "finishTask",
    request: { taskId, ...body },
    incidentId,
    command: () => ({ kind: "finish-task", taskId, outcome: body.outcome }),
  });
  return taskView(incident, event);
}
