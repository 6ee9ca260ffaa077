import type { Command } from "commander";
import { operatorVerb } from "../operator-verb.ts";

export function registerIncidentFallout(program: Command): void {
  operatorVerb(program, {
    noun: "incident",
    usage: "fallout <incident>",
    description: "claims that fell, and what was sent or done on them",
    example: "cordon incident fallout inc-0123456789abcdef",
    run: async (client, [id = ""]) => {
      const fallout = await client.readFallout(id);
      const lines = fallout.claims.map(
        ({ claimId, because, notices, measures }) =>
          `claim ${claimId}: ${because}; ${notices.length} notices and ${measures.length} measures rest on it`,
      );
      return { document: fallout, lines: lines.length === 0 ? ["no claim fell"] : lines };
    },
  });
}
