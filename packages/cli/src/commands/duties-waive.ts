import { Option, type Command } from "commander";
import { toldDuties } from "../duty-lines.ts";
import { operatorVerb, type OperatorVerbOptions } from "../operator-verb.ts";

interface Options extends OperatorVerbOptions {
  readonly because: string;
  readonly name?: string;
}

export function registerDutiesWaive(program: Command): void {
  operatorVerb<Options>(program, {
    noun: "duties",
    usage: "waive <incident> <rule>",
    description: "say why a duty does not apply",
    example:
      "cordon duties waive inc-0123456789abcdef eu-nis2-warning --because 'no essential entity' --as approver",
    options: [
      new Option("--because <reason>", "why").makeOptionMandatory(),
      new Option("--name <person>", "who answers for it (default: the operator)"),
    ],
    run: async (client, [id = "", rule = ""], { because, name }) =>
      toldDuties(await client.waiveDuty(id, rule, { because, ...(name === undefined ? {} : { name }) })),
  });
}
