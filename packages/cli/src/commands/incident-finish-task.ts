import type { Command } from "commander";
import { operatorVerb } from "../operator-verb.ts";

export function registerIncidentFinishTask(program: Command): void {
  operatorVerb(program, {
    noun: "incident",
    usage: "finish-task <incident> <task> <outcome>",
    description: "finish a task with its outcome",
    example: "cordon incident finish-task inc-0123456789abcdef task-0123456789abcdef 'all keys are new'",
    run: async (client, [id = "", taskId = "", outcome = ""]) => {
      const task = await client.finishTask(id, taskId, { outcome });
      return { document: task, lines: [`task ${task.id} finished by ${task.finished?.by ?? ""}`] };
    },
  });
}
