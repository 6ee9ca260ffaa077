import type { Command } from "commander";
import { toldPlan } from "../incident-lines.ts";
import { incidentOf, incidentOption, type PlanPlaceOptions } from "../plan-place.ts";
import { operatorVerb, type OperatorVerbOptions } from "../operator-verb.ts";

type Options = OperatorVerbOptions & PlanPlaceOptions;

export function registerPlanAsk(program: Command): void {
  operatorVerb<Options>(program, {
    noun: "plan",
    usage: "ask <plan>",
    description: "ask for approval of a plan; counts whom it reaches",
    example: "cordon plan ask plan-0123456789abcdef",
    options: [incidentOption],
    run: async (client, [planId = ""], options) => {
      const incidentId = await incidentOf(client, planId, options);
      return toldPlan(await client.askApproval(incidentId, planId, { act: "plan" }));
    },
  });
}
