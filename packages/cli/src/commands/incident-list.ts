import type { Command } from "commander";
import type { Incident } from "@cordon/contract";
import { operatorVerb } from "../operator-verb.ts";

export function registerIncidentList(program: Command): void {
  operatorVerb(program, {
    noun: "incident",
    usage: "list",
    description: "all incidents",
    example: "cordon incident list --json",
    run: async (client) => {
      const incidents: Incident[] = [];
      for (let cursor: string | null = null; ;) {
        const page = await client.listIncidents(cursor === null ? {} : { cursor });
        incidents.push(...page.incidents);
        cursor = page.next;
        if (cursor === null) break;
      }
      const lines = incidents.map(({ id, stage, title }) => `${id} ${stage}: ${title}`);
      return { document: { incidents }, lines };
    },
  });
}
