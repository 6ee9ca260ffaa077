import type { Command } from "commander";
import { withDraft } from "../draft-file.ts";
import { toldPlan } from "../incident-lines.ts";
import { operatorVerb } from "../operator-verb.ts";

export function registerPlanDraft(program: Command): void {
  operatorVerb(program, {
    noun: "plan",
    usage: "draft <incident> <file>",
    description: "draft a plan from its YAML: measures and terms",
    example: "cordon plan draft inc-0123456789abcdef plan.yaml",
    run: async (client, [incidentId = "", file = ""]) =>
      toldPlan(await withDraft(file, (draft) => client.draftPlan(incidentId, draft))),
  });
}
