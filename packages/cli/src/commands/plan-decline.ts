import { Option, type Command } from "commander";
import { toldPlan } from "../incident-lines.ts";
import { askedDigest, incidentOf, incidentOption, type PlanPlaceOptions } from "../plan-place.ts";
import { operatorVerb, type OperatorVerbOptions } from "../operator-verb.ts";

interface Options extends OperatorVerbOptions, PlanPlaceOptions {
  readonly because: string;
}

export function registerPlanDecline(program: Command): void {
  operatorVerb<Options>(program, {
    noun: "plan",
    usage: "decline <plan>",
    description: "decline what was asked of a plan",
    example: "cordon plan decline plan-0123456789abcdef --because 'too many at once' --as approver",
    options: [incidentOption, new Option("--because <reason>", "why").makeOptionMandatory()],
    run: async (client, [planId = ""], options) => {
      const incidentId = await incidentOf(client, planId, options);
      const digest = askedDigest(await client.readPlan(incidentId, planId));
      return toldPlan(await client.declineApproval(incidentId, planId, { digest, because: options.because }));
    },
  });
}
