import { Option, type Command } from "commander";
import { toldDuties } from "../duty-lines.ts";
import { operatorVerb, type OperatorVerbOptions } from "../operator-verb.ts";

interface Options extends OperatorVerbOptions {
  readonly because: string;
}

export function registerDutiesReopen(program: Command): void {
  operatorVerb<Options>(program, {
    noun: "duties",
    usage: "reopen <incident> <rule>",
    description: "open again a duty that was marked done, or found not to apply",
    example: "cordon duties reopen inc-0123456789abcdef eu-gdpr-33 --because 'the form was refused'",
    options: [new Option("--because <reason>", "why").makeOptionMandatory()],
    run: async (client, [id = "", rule = ""], { because }) =>
      toldDuties(await client.reopenDuty(id, rule, { because })),
  });
}
