import { Option, type Command } from "commander";
import { formatInstant } from "@cordon/model";
import { instantOption } from "../options.ts";
import { operatorVerb, type OperatorVerbOptions } from "../operator-verb.ts";

interface Options extends OperatorVerbOptions {
  readonly assignee?: string;
  readonly due?: number;
}

export function registerIncidentTask(program: Command): void {
  operatorVerb<Options>(program, {
    noun: "incident",
    usage: "task <incident> <title>",
    description: "add a task",
    example: "cordon incident task inc-0123456789abcdef 'rotate the signing keys' --assignee grace",
    options: [
      new Option("--assignee <person>", "who does it"),
      new Option("--due <time>", "until when").argParser(instantOption("--due")),
    ],
    run: async (client, [id = "", title = ""], { assignee, due }) => {
      const task = await client.addTask(id, {
        title,
        assignee: assignee ?? null,
        dueAt: due === undefined ? null : formatInstant(due),
      });
      return { document: task, lines: [`task ${task.id}: ${task.title}`] };
    },
  });
}
