import { Option, type Command } from "commander";
import { marketCodes } from "../duty-files.ts";
import { toldDuties } from "../duty-lines.ts";
import { operatorVerb, type OperatorVerbOptions } from "../operator-verb.ts";

interface Options extends OperatorVerbOptions {
  readonly because?: string;
}

export function registerDutiesMarkets(program: Command): void {
  operatorVerb<Options>(program, {
    noun: "duties",
    usage: "markets <incident> <markets>",
    description: "say which markets an incident concerns, with commas between: SE,US-CA,BR",
    example: "cordon duties markets inc-0123456789abcdef SE,US-CA,BR",
    options: [new Option("--because <reason>", "why one is no longer concerned")],
    run: async (client, [id = "", markets = ""], { because }) =>
      toldDuties(
        await client.setDutyMarkets(id, {
          markets: marketCodes(markets),
          ...(because === undefined ? {} : { because }),
        }),
      ),
  });
}
