import type { Plan } from "@cordon/contract";
import type { CordonClient } from "@cordon/sdk";
import { Option } from "commander";
import { CliError } from "./cli-error.ts";

export interface PlanPlaceOptions {
  readonly incident?: string;
}

export const incidentOption = new Option(
  "--incident <id>",
  "the incident (default: the one that has the plan)",
);

/** The incident of a plan: as told, else the one that has it. Throws a CliError when none does. */
export async function incidentOf(
  client: CordonClient,
  planId: string,
  { incident }: PlanPlaceOptions,
): Promise<string> {
  if (incident !== undefined) return incident;
  for (let cursor: string | null = null; ;) {
    const page = await client.listIncidents(cursor === null ? {} : { cursor });
    const found = page.incidents.find((one) => one.plans.some((plan) => plan.id === planId));
    if (found !== undefined) return found.id;
    cursor = page.next;
    if (cursor === null)
      throw new CliError("ERR_CLI_USAGE", `\`${planId}\` is no plan of any incident, expected the id of one`);
  }
}

/** The digest of what was asked of a plan. Throws a CliError when nothing was. */
export function askedDigest(plan: Plan): string {
  if (plan.asked !== null) return plan.asked.digest;
  throw new CliError(
    "ERR_CLI_USAGE",
    `nothing was asked of \`${plan.id}\`, expected \`cordon plan ask\` before`,
  );
}
