import { Option, type Command } from "commander";
import { toldIncident } from "../incident-lines.ts";
import { CliError } from "../cli-error.ts";
import { operatorVerb, type OperatorVerbOptions } from "../operator-verb.ts";

interface Options extends OperatorVerbOptions {
  readonly because: string;
}

const stages = ["investigating", "contained", "recovering"] as const;

export function registerIncidentMove(program: Command): void {
  operatorVerb<Options>(program, {
    noun: "incident",
    usage: "move <incident> <stage>",
    description: "move it to another stage: investigating, contained, recovering",
    example: "cordon incident move inc-0123456789abcdef contained --because 'measures are in force'",
    options: [new Option("--because <reason>", "why").makeOptionMandatory()],
    run: async (client, [id = "", stage = ""], { because }) => {
      const to = stages.find((one) => one === stage);
      if (to === undefined)
        throw new CliError("ERR_CLI_USAGE", `\`${stage}\` is no stage, expected ${stages.join(", ")}`);
      return toldIncident(await client.moveIncident(id, { to, because }));
    },
  });
}
