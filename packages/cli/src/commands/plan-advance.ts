import type { Command } from "commander";
import { toldPlan } from "../incident-lines.ts";
import { incidentOf, incidentOption, type PlanPlaceOptions } from "../plan-place.ts";
import { operatorVerb, type OperatorVerbOptions } from "../operator-verb.ts";

type Options = OperatorVerbOptions & PlanPlaceOptions;

export function registerPlanAdvance(program: Command): void {
  operatorVerb<Options>(program, {
    noun: "plan",
    usage: "advance <plan>",
    description: "to the canary of the next stage",
    example: "cordon plan advance plan-0123456789abcdef",
    options: [incidentOption],
    run: async (client, [planId = ""], options) => {
      const incidentId = await incidentOf(client, planId, options);
      return toldPlan(await client.advanceRun(incidentId, planId));
    },
  });
}
