import { Option, type Command } from "commander";
import { repeatedOption } from "../options.ts";
import { operatorVerb, type OperatorVerbOptions } from "../operator-verb.ts";

interface Options extends OperatorVerbOptions {
  readonly because: string;
  readonly claim: readonly string[];
}

export function registerIncidentNoRisk(program: Command): void {
  operatorVerb<Options>(program, {
    noun: "incident",
    usage: "no-risk <incident> <statement>",
    description: "state that on these claims nobody is at an increased risk",
    example:
      "cordon incident no-risk inc-0123456789abcdef 'no payment data was read' --because 'the vault saw no query' --claim claim-0123456789abcdef",
    options: [
      new Option("--because <reason>", "why").makeOptionMandatory(),
      new Option("--claim <id>", "a claim that it rests on (repeatable)")
        .argParser(repeatedOption)
        .makeOptionMandatory(),
    ],
    run: async (client, [id = "", statement = ""], { because, claim }) => {
      const decision = await client.stateNoIncreasedRisk(id, { statement, because, claimIds: [...claim] });
      return {
        document: decision,
        lines: [`decision ${decision.id} waits for somebody to sign ${decision.digest}`],
      };
    },
  });
}
