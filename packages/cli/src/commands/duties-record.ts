import { Option, type Command } from "commander";
import { formatInstant } from "@cordon/model";
import { startEvent } from "../duty-files.ts";
import { toldDuties } from "../duty-lines.ts";
import { instantOption } from "../options.ts";
import { operatorVerb, type OperatorVerbOptions } from "../operator-verb.ts";

interface Options extends OperatorVerbOptions {
  readonly at: number;
  readonly because?: string;
  readonly name?: string;
}

export function registerDutiesRecord(program: Command): void {
  operatorVerb<Options>(program, {
    noun: "duties",
    usage: "record <incident> <event>",
    description:
      "record when something that starts clocks happened: suspicion, awareness, assessment, determination, materiality",
    example:
      "cordon duties record inc-0123456789abcdef awareness --at 2026-11-20T16:00:00Z --name 'Grace Hopper'",
    options: [
      new Option("--at <time>", "when it happened").argParser(instantOption("--at")).makeOptionMandatory(),
      new Option("--because <reason>", "why a known time moves later"),
      new Option("--name <person>", "who decided so (default: the operator)"),
    ],
    run: async (client, [id = "", event = ""], { at, because, name }) =>
      toldDuties(
        await client.recordDutyEvent(id, {
          event: startEvent(event),
          at: formatInstant(at),
          ...(because === undefined ? {} : { because }),
          ...(name === undefined ? {} : { name }),
        }),
      ),
  });
}
