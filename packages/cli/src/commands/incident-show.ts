import type { Command } from "commander";
import { toldIncident } from "../incident-lines.ts";
import { operatorVerb } from "../operator-verb.ts";

export function registerIncidentShow(program: Command): void {
  operatorVerb(program, {
    noun: "incident",
    usage: "show <incident>",
    description: "one incident",
    example: "cordon incident show inc-0123456789abcdef",
    run: async (client, [id = ""]) => toldIncident(await client.readIncident(id)),
  });
}
