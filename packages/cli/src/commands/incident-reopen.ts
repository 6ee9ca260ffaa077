import { Option, type Command } from "commander";
import { toldIncident } from "../incident-lines.ts";
import { operatorVerb, type OperatorVerbOptions } from "../operator-verb.ts";

interface Options extends OperatorVerbOptions {
  readonly because: string;
}

export function registerIncidentReopen(program: Command): void {
  operatorVerb<Options>(program, {
    noun: "incident",
    usage: "reopen <incident>",
    description: "open it again after the all clear",
    example: "cordon incident reopen inc-0123456789abcdef --because 'a new finding'",
    options: [new Option("--because <reason>", "why").makeOptionMandatory()],
    run: async (client, [id = ""], { because }) => toldIncident(await client.reopenIncident(id, { because })),
  });
}
