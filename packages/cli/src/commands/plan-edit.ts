import type { Command } from "commander";
import { withDraft } from "../draft-file.ts";
import { toldPlan } from "../incident-lines.ts";
import { incidentOf, incidentOption, type PlanPlaceOptions } from "../plan-place.ts";
import { operatorVerb, type OperatorVerbOptions } from "../operator-verb.ts";

type Options = OperatorVerbOptions & PlanPlaceOptions;

export function registerPlanEdit(program: Command): void {
  operatorVerb<Options>(program, {
    noun: "plan",
    usage: "edit <plan> <file>",
    description: "other measures and terms for a draft; voids its approvals",
    example: "cordon plan edit plan-0123456789abcdef plan.yaml",
    options: [incidentOption],
    run: async (client, [planId = "", file = ""], options) => {
      const incidentId = await incidentOf(client, planId, options);
      return toldPlan(await withDraft(file, (draft) => client.editPlan(incidentId, planId, draft)));
    },
  });
}
