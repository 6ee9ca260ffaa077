import { Option, type Command } from "commander";
import { toldPlan } from "../incident-lines.ts";
import { askedDigest, incidentOf, incidentOption, type PlanPlaceOptions } from "../plan-place.ts";
import { operatorVerb, type OperatorVerbOptions } from "../operator-verb.ts";

interface Options extends OperatorVerbOptions, PlanPlaceOptions {
  readonly because: string;
}

export function registerPlanBreakGlass(program: Command): void {
  operatorVerb<Options>(program, {
    noun: "plan",
    usage: "break-glass <plan>",
    description: "put a plan in the place of its missing approvals; somebody else must review it",
    example: "cordon plan break-glass plan-0123456789abcdef --because 'an intruder is in, nobody answers'",
    options: [incidentOption, new Option("--because <reason>", "why").makeOptionMandatory()],
    run: async (client, [planId = ""], options) => {
      const incidentId = await incidentOf(client, planId, options);
      const digest = askedDigest(await client.readPlan(incidentId, planId));
      return toldPlan(await client.breakGlass(incidentId, planId, { digest, because: options.because }));
    },
  });
}
