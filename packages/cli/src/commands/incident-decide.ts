import { Option, type Command } from "commander";
import { operatorVerb, type OperatorVerbOptions } from "../operator-verb.ts";

interface Options extends OperatorVerbOptions {
  readonly because: string;
  readonly name?: string;
}

export function registerIncidentDecide(program: Command): void {
  operatorVerb<Options>(program, {
    noun: "incident",
    usage: "decide <incident> <statement>",
    description: "record what a named person answers for",
    example:
      "cordon incident decide inc-0123456789abcdef 'we tell everybody' --because 'it is right' --as approver",
    options: [
      new Option("--because <reason>", "why").makeOptionMandatory(),
      new Option("--name <person>", "who answers for it (default: the operator)"),
    ],
    run: async (client, [id = "", statement = ""], { because, name }) => {
      const decision = await client.recordDecision(id, {
        statement,
        because,
        ...(name === undefined ? {} : { name }),
      });
      return { document: decision, lines: [`${decision.name}: ${decision.statement}`] };
    },
  });
}
