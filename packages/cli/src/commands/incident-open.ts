import type { Command } from "commander";
import { toldIncident } from "../incident-lines.ts";
import { operatorVerb } from "../operator-verb.ts";

export function registerIncidentOpen(program: Command): void {
  operatorVerb(program, {
    noun: "incident",
    usage: "open <title>",
    description: "open an incident",
    example: "cordon incident open 'access to internal systems'",
    run: async (client, [title = ""]) => toldIncident(await client.openIncident({ title })),
  });
}
