import type { Command } from "commander";
import { metLines } from "../met-lines.ts";
import { incidentOf, incidentOption, type PlanPlaceOptions } from "../plan-place.ts";
import { operatorVerb, type OperatorVerbOptions } from "../operator-verb.ts";

type Options = OperatorVerbOptions & PlanPlaceOptions;

export function registerPlanProgress(program: Command): void {
  operatorVerb<Options>(program, {
    noun: "plan",
    usage: "progress <plan>",
    description: "how far a plan has come",
    example: "cordon plan progress plan-0123456789abcdef",
    options: [incidentOption],
    run: async (client, [planId = ""], options) => {
      const incidentId = await incidentOf(client, planId, options);
      const progress = await client.planProgress(incidentId, planId);
      const { reporting, behind } = progress.points;
      return {
        document: progress,
        lines: [
          `${reporting} enforcement points report, ${behind} of them behind`,
          ...progress.measures.flatMap((one) => [
            `${one.measureId}: ${one.wavesOpen} of ${one.waves} waves open, ${one.people} people, met ${one.timesMet} times${one.metShare === null ? "" : `, by a share of ${one.metShare.toFixed(3)}`}`,
            ...metLines(one.met),
          ]),
        ],
      };
    },
  });
}
