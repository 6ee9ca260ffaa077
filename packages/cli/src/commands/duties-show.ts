import type { Command } from "commander";
import { toldDuties } from "../duty-lines.ts";
import { operatorVerb } from "../operator-verb.ts";

export function registerDutiesShow(program: Command): void {
  operatorVerb(program, {
    noun: "duties",
    usage: "show <incident>",
    description: "the duties of an incident on the server, with their countdown; 1 when something is overdue",
    example: "cordon duties show inc-0123456789abcdef",
    run: async (client, [id = ""]) => {
      const told = toldDuties(await client.readDuties(id));
      if (told.document.duties.some(({ status }) => status === "overdue")) process.exitCode = 1;
      return told;
    },
  });
}
