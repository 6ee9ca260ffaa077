import { Option, type Command } from "commander";
import { toldIncident } from "../incident-lines.ts";
import { durationOption, shareOption, wholeNumberOption } from "../options.ts";
import { operatorVerb, type OperatorVerbOptions } from "../operator-verb.ts";

interface Options extends OperatorVerbOptions {
  readonly met: number;
  readonly quiet: number;
  readonly behind: number;
}

export function registerIncidentCriteria(program: Command): void {
  operatorVerb<Options>(program, {
    noun: "incident",
    usage: "criteria <incident>",
    description: "say what must be seen before the all clear",
    example: "cordon incident criteria inc-0123456789abcdef --met 0.99 --quiet 72h --behind 0",
    options: [
      new Option("--met <share>", "the share that must have met each measure")
        .argParser(shareOption("--met"))
        .makeOptionMandatory(),
      new Option("--quiet <duration>", "no sign of the suspects for so long")
        .argParser(durationOption("--quiet"))
        .makeOptionMandatory(),
      new Option("--behind <n>", "enforcement points that may be on an older bundle")
        .argParser(wholeNumberOption("--behind", 0))
        .default(0),
    ],
    run: async (client, [id = ""], { met, quiet, behind }) =>
      toldIncident(
        await client.setAllClearCriteria(id, {
          metShareAtLeast: met,
          quietForMs: quiet,
          pointsBehindMax: behind,
          limits: [],
        }),
      ),
  });
}
