import { Option, type Command } from "commander";
import { toldIncident } from "../incident-lines.ts";
import { operatorVerb, type OperatorVerbOptions } from "../operator-verb.ts";
import { wholeNumberOption } from "../options.ts";

interface Options extends OperatorVerbOptions {
  readonly days: number;
  readonly because: string;
}

export function registerIncidentRetention(program: Command): void {
  operatorVerb<Options>(program, {
    noun: "incident",
    usage: "retention <incident>",
    description: "decide how long an incident's personal data is kept after it is closed",
    example:
      "cordon incident retention inc-0123456789abcdef --days 365 --because 'records policy' --as approver",
    options: [
      new Option("--days <n>", "whole days after the incident was closed")
        .argParser(wholeNumberOption("--days", 0, 36_500))
        .makeOptionMandatory(),
      new Option("--because <reason>", "why; it goes on record").makeOptionMandatory(),
    ],
    run: async (client, [id = ""], { days, because }) =>
      toldIncident(await client.setRetention(id, { days, because })),
  });
}
