import type { Command } from "commander";
import { operatorVerb } from "../operator-verb.ts";

export function registerIncidentJudge(program: Command): void {
  operatorVerb(program, {
    noun: "incident",
    usage: "judge <incident>",
    description: "what stands between now and the all clear: exit 0 when nothing does",
    example: "cordon incident judge inc-0123456789abcdef",
    run: async (client, [id = ""]) => {
      const judgement = await client.judgeAllClear(id);
      if (!judgement.isClear) process.exitCode = 1;
      const lines = judgement.findings.map(
        ({ holds, because }) => `${holds ? "holds" : "does not hold"}: ${because}`,
      );
      return { document: judgement, lines: lines.length === 0 ? ["nothing is left to do"] : lines };
    },
  });
}
