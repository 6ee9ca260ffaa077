import type { Command } from "commander";
import type { PreviewPlan } from "@cordon/contract";
import { incidentOf, incidentOption, type PlanPlaceOptions } from "../plan-place.ts";
import { readYamlDocument } from "../yaml-document.ts";
import { operatorVerb, type OperatorVerbOptions } from "../operator-verb.ts";

type Options = OperatorVerbOptions & PlanPlaceOptions;

export function registerPlanPreview(program: Command): void {
  operatorVerb<Options>(program, {
    noun: "plan",
    usage: "preview <plan> <file>",
    description: "what a plan would do, before it is done; FILE has the activity profile",
    example: "cordon plan preview plan-0123456789abcdef profile.yaml",
    options: [incidentOption],
    run: async (client, [planId = "", file = ""], options) => {
      const incidentId = await incidentOf(client, planId, options);
      const body = (await readYamlDocument(file)).value as PreviewPlan;
      const preview = await client.previewPlan(incidentId, planId, body);
      return {
        document: preview,
        lines: [
          `${preview.people} people, by the directory of ${preview.directoryAsOf}`,
          ...preview.measures.map(
            (one) =>
              `${one.measureId}: ${one.people} people, ${one.newPeople} of them new, ${one.cannotMeet} can't meet it, an intruder would be left ${one.sessionHoursLeft.toFixed(1)} session-hours`,
          ),
          ...preview.difference.map((one) => `${one.measureId}: ${one.change}`),
          `up to ${preview.signInsPerSecondPeak.toFixed(1)} sign-ins a second`,
          ...preview.warnings.map((warning) => `warning: ${warning}`),
        ],
      };
    },
  });
}
