import { Option, type Command } from "commander";
import { formatInstant } from "@cordon/model";
import { toldDuties } from "../duty-lines.ts";
import { instantOption } from "../options.ts";
import { operatorVerb, type OperatorVerbOptions } from "../operator-verb.ts";

interface Options extends OperatorVerbOptions {
  readonly at: number;
  readonly reference: string;
  readonly authority?: string;
  readonly name?: string;
}

export function registerDutiesDone(program: Command): void {
  operatorVerb<Options>(program, {
    noun: "duties",
    usage: "done <incident> <rule>",
    description: "mark a duty done: when, and how it can be found again",
    example:
      "cordon duties done inc-0123456789abcdef eu-gdpr-33 --at 2026-11-22T09:00:00Z --reference IMY-2026-1234 --authority IMY",
    options: [
      new Option("--at <time>", "when it was done").argParser(instantOption("--at")).makeOptionMandatory(),
      new Option("--reference <text>", "a case number, a receipt, a message").makeOptionMandatory(),
      new Option("--authority <name>", "which authority was told"),
      new Option("--name <person>", "who answers for it (default: the operator)"),
    ],
    run: async (client, [id = "", rule = ""], { at, reference, authority, name }) =>
      toldDuties(
        await client.markDutyDone(id, rule, {
          at: formatInstant(at),
          reference,
          ...(authority === undefined ? {} : { authority }),
          ...(name === undefined ? {} : { name }),
        }),
      ),
  });
}
