import type { Command } from "commander";
import { toldPlan } from "../incident-lines.ts";
import { incidentOf, incidentOption, type PlanPlaceOptions } from "../plan-place.ts";
import { operatorVerb, type OperatorVerbOptions } from "../operator-verb.ts";

type Options = OperatorVerbOptions & PlanPlaceOptions;

export function registerPlanComplete(program: Command): void {
  operatorVerb<Options>(program, {
    noun: "plan",
    usage: "complete <plan>",
    description: "end a run whose waves are all open",
    example: "cordon plan complete plan-0123456789abcdef",
    options: [incidentOption],
    run: async (client, [planId = ""], options) => {
      const incidentId = await incidentOf(client, planId, options);
      return toldPlan(await client.completeRun(incidentId, planId));
    },
  });
}
