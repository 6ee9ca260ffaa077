import { Option, type Command } from "commander";
import { toldPlan } from "../incident-lines.ts";
import { incidentOf, incidentOption, type PlanPlaceOptions } from "../plan-place.ts";
import { operatorVerb, type OperatorVerbOptions } from "../operator-verb.ts";

interface Options extends OperatorVerbOptions, PlanPlaceOptions {
  readonly because: string;
}

export function registerPlanLift(program: Command): void {
  operatorVerb<Options>(program, {
    noun: "plan",
    usage: "lift <plan>",
    description: "ask for approval to take a plan's measures back",
    example: "cordon plan lift plan-0123456789abcdef --because 'everybody has signed in again'",
    options: [incidentOption, new Option("--because <reason>", "why").makeOptionMandatory()],
    run: async (client, [planId = ""], options) => {
      const incidentId = await incidentOf(client, planId, options);
      return toldPlan(
        await client.askApproval(incidentId, planId, { act: "lift", because: options.because }),
      );
    },
  });
}
