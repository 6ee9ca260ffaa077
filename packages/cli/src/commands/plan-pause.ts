import { Option, type Command } from "commander";
import { toldPlan } from "../incident-lines.ts";
import { incidentOf, incidentOption, type PlanPlaceOptions } from "../plan-place.ts";
import { operatorVerb, type OperatorVerbOptions } from "../operator-verb.ts";

interface Options extends OperatorVerbOptions, PlanPlaceOptions {
  readonly because: string;
}

export function registerPlanPause(program: Command): void {
  operatorVerb<Options>(program, {
    noun: "plan",
    usage: "pause <plan>",
    description: "let no further wave open",
    example: "cordon plan pause plan-0123456789abcdef --because 'the login service fails'",
    options: [incidentOption, new Option("--because <reason>", "why").makeOptionMandatory()],
    run: async (client, [planId = ""], options) => {
      const incidentId = await incidentOf(client, planId, options);
      return toldPlan(await client.pauseRun(incidentId, planId, { because: options.because }));
    },
  });
}
