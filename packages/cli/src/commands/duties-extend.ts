import { Option, type Command } from "commander";
import { formatInstant } from "@cordon/model";
import { toldDuties } from "../duty-lines.ts";
import { instantOption } from "../options.ts";
import { operatorVerb, type OperatorVerbOptions } from "../operator-verb.ts";

interface Options extends OperatorVerbOptions {
  readonly until: number;
  readonly because: string;
}

export function registerDutiesExtend(program: Command): void {
  operatorVerb<Options>(program, {
    noun: "duties",
    usage: "extend <incident> <rule>",
    description: "take more time, where the rule gives it",
    example:
      "cordon duties extend inc-0123456789abcdef eu-gdpr-33 --until 2026-11-25T12:00:00Z --because 'logs are still read' --as approver",
    options: [
      new Option("--until <time>", "until when").argParser(instantOption("--until")).makeOptionMandatory(),
      new Option("--because <reason>", "why").makeOptionMandatory(),
    ],
    run: async (client, [id = "", rule = ""], { until, because }) =>
      toldDuties(await client.extendDuty(id, rule, { until: formatInstant(until), because })),
  });
}
