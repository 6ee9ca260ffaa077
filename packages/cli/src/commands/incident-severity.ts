import { Option, type Command } from "commander";
import { toldIncident } from "../incident-lines.ts";
import { CliError } from "../cli-error.ts";
import { operatorVerb, type OperatorVerbOptions } from "../operator-verb.ts";

interface Options extends OperatorVerbOptions {
  readonly because: string;
}

const severities = ["low", "medium", "high", "critical"] as const;

export function registerIncidentSeverity(program: Command): void {
  operatorVerb<Options>(program, {
    noun: "incident",
    usage: "severity <incident> <severity>",
    description: "say how bad it is: low, medium, high, critical",
    example: "cordon incident severity inc-0123456789abcdef high --because 'accounts were read'",
    options: [new Option("--because <reason>", "why").makeOptionMandatory()],
    run: async (client, [id = "", word = ""], { because }) => {
      const severity = severities.find((one) => one === word);
      if (severity === undefined)
        throw new CliError("ERR_CLI_USAGE", `\`${word}\` is no severity, expected ${severities.join(", ")}`);
      return toldIncident(await client.setSeverity(id, { severity, because }));
    },
  });
}
