import { Option, type Command } from "commander";
import { formatInstant } from "@cordon/model";
import { toldDuties } from "../duty-lines.ts";
import { instantOption } from "../options.ts";
import { operatorVerb, type OperatorVerbOptions } from "../operator-verb.ts";

interface Options extends OperatorVerbOptions {
  readonly from: number;
  readonly to?: number;
  readonly because: string;
}

export function registerDutiesToll(program: Command): void {
  operatorVerb<Options>(program, {
    noun: "duties",
    usage: "toll <incident> <rule>",
    description: "a clock stands still at law enforcement's wish; without --to until further notice",
    example:
      "cordon duties toll inc-0123456789abcdef us-ca-individuals --from 2026-11-21T00:00:00Z --because 'asked by the FBI' --as approver",
    options: [
      new Option("--from <time>", "from when").argParser(instantOption("--from")).makeOptionMandatory(),
      new Option("--to <time>", "until when").argParser(instantOption("--to")),
      new Option("--because <reason>", "why").makeOptionMandatory(),
    ],
    run: async (client, [id = "", rule = ""], { from, to, because }) =>
      toldDuties(
        await client.tollDuty(id, rule, {
          from: formatInstant(from),
          to: to === undefined ? null : formatInstant(to),
          because,
        }),
      ),
  });
}
