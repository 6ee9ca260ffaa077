import type { Command } from "commander";
import { operatorRoles } from "@cordon/contract";
import { CliError } from "../cli-error.ts";
import { toldIncident } from "../incident-lines.ts";
import { operatorVerb } from "../operator-verb.ts";

export function registerIncidentGrant(program: Command): void {
  operatorVerb(program, {
    noun: "incident",
    usage: "grant <incident> <person> <role>",
    description: "give a person a role in this incident",
    example: "cordon incident grant inc-0123456789abcdef grace approver --as admin",
    run: async (client, [id = "", person = "", word = ""]) => {
      const role = operatorRoles.find((one) => one === word);
      if (role === undefined)
        throw new CliError("ERR_CLI_USAGE", `\`${word}\` is no role, expected ${operatorRoles.join(", ")}`);
      return toldIncident(await client.grantRole(id, { person, role }));
    },
  });
}
