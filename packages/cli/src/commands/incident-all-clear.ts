import type { Command } from "commander";
import { toldIncident } from "../incident-lines.ts";
import { operatorVerb } from "../operator-verb.ts";

export function registerIncidentAllClear(program: Command): void {
  operatorVerb(program, {
    noun: "incident",
    usage: "all-clear <incident>",
    description: "give the all clear",
    example: "cordon incident all-clear inc-0123456789abcdef --as approver",
    run: async (client, [id = ""]) => toldIncident(await client.giveAllClear(id)),
  });
}
