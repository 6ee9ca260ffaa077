import type { Command } from "commander";
import type { Timeline } from "@cordon/contract";
import { operatorVerb } from "../operator-verb.ts";

export function registerIncidentTimeline(program: Command): void {
  operatorVerb(program, {
    noun: "incident",
    usage: "timeline <incident>",
    description: "what happened and what was done",
    example: "cordon incident timeline inc-0123456789abcdef",
    run: async (client, [id = ""]) => {
      const entries: Timeline["entries"] = [];
      for (let cursor: string | null = null; ;) {
        const page = await client.readTimeline(id, cursor === null ? {} : { cursor });
        entries.push(...page.entries);
        cursor = page.next;
        if (cursor === null) break;
      }
      const lines = entries.map(
        ({ at, by, what, about }) => `${at} ${by}: ${what}${about === null ? "" : ` (${about})`}`,
      );
      return { document: { entries }, lines };
    },
  });
}
