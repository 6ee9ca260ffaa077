import { Option, type Command } from "commander";
import { askedDigest, incidentOf, incidentOption, type PlanPlaceOptions } from "../plan-place.ts";
import { operatorVerb, type OperatorVerbOptions } from "../operator-verb.ts";

interface Options extends OperatorVerbOptions, PlanPlaceOptions {
  readonly because: string;
  readonly justified?: boolean;
}

export function registerPlanReview(program: Command): void {
  operatorVerb<Options>(program, {
    noun: "plan",
    usage: "review <plan>",
    description: "review a broken glass",
    example:
      "cordon plan review plan-0123456789abcdef --justified --because 'it could not wait' --as approver",
    options: [
      incidentOption,
      new Option("--because <reason>", "why").makeOptionMandatory(),
      new Option("--justified", "it was right"),
    ],
    run: async (client, [planId = ""], options) => {
      const incidentId = await incidentOf(client, planId, options);
      const digest = askedDigest(await client.readPlan(incidentId, planId));
      const { justified = false, because } = options;
      const reviewed = await client.reviewBreakGlass(incidentId, { digest, justified, because });
      return { document: reviewed, lines: [`reviewed by ${reviewed.review?.by ?? ""}`] };
    },
  });
}
