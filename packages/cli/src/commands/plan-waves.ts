import type { Command } from "commander";
import type { PlanWaves } from "@cordon/contract";
import { incidentOf, incidentOption, type PlanPlaceOptions } from "../plan-place.ts";
import { readYamlDocument } from "../yaml-document.ts";
import { operatorVerb, type OperatorVerbOptions } from "../operator-verb.ts";

type Options = OperatorVerbOptions & PlanPlaceOptions;

export function registerPlanWaves(program: Command): void {
  operatorVerb<Options>(program, {
    noun: "plan",
    usage: "waves <plan> <file>",
    description: "the shortest waves that stay within a budget; FILE has profile and budget",
    example: "cordon plan waves plan-0123456789abcdef budget.yaml",
    options: [incidentOption],
    run: async (client, [planId = "", file = ""], options) => {
      const incidentId = await incidentOf(client, planId, options);
      const body = (await readYamlDocument(file)).value as PlanWaves;
      const proposal = await client.planWaves(incidentId, planId, body);
      return {
        document: proposal,
        lines: proposal.measures.map((one) =>
          one.fits
            ? `${one.measureId}: ${one.rollout === null ? "all at once" : `${one.rollout.waves} waves over ${one.rollout.over}`}, up to ${one.perSecondPeak.toFixed(1)} a second`
            : `${one.measureId}: ${one.because ?? ""}`,
        ),
      };
    },
  });
}
