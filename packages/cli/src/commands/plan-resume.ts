import { Option, type Command } from "commander";
import { toldPlan } from "../incident-lines.ts";
import { incidentOf, incidentOption, type PlanPlaceOptions } from "../plan-place.ts";
import { operatorVerb, type OperatorVerbOptions } from "../operator-verb.ts";

interface Options extends OperatorVerbOptions, PlanPlaceOptions {
  readonly because: string;
}

export function registerPlanResume(program: Command): void {
  operatorVerb<Options>(program, {
    noun: "plan",
    usage: "resume <plan>",
    description: "let the waves go on where they stand",
    example: "cordon plan resume plan-0123456789abcdef --because 'it is well again'",
    options: [incidentOption, new Option("--because <reason>", "why").makeOptionMandatory()],
    run: async (client, [planId = ""], options) => {
      const incidentId = await incidentOf(client, planId, options);
      return toldPlan(await client.resumeRun(incidentId, planId, { because: options.because }));
    },
  });
}
