import { Option, type Command } from "commander";
import { operatorVerb, type OperatorVerbOptions } from "../operator-verb.ts";

interface Options extends OperatorVerbOptions {
  readonly name?: string;
}

export function registerIncidentAccept(program: Command): void {
  operatorVerb<Options>(program, {
    noun: "incident",
    usage: "accept <incident> <answer> <assumption>",
    description: "accept by name what no log can show",
    example: "cordon incident accept inc-0123456789abcdef sha256:… doors-complete --name 'Grace Hopper'",
    options: [new Option("--name <person>", "who answers for it (default: the operator)")],
    run: async (client, [id = "", answerDigest = "", assumption = ""], { name }) => {
      const accepted = await client.acceptAssumption(id, {
        answerDigest,
        assumption,
        ...(name === undefined ? {} : { name }),
      });
      return { document: accepted, lines: [`${accepted.name} accepts ${accepted.assumption}`] };
    },
  });
}
