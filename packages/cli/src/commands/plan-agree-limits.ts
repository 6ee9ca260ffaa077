import type { Command } from "commander";
import { limitsLines } from "../limits-lines.ts";
import { operatorVerb } from "../operator-verb.ts";

export function registerPlanAgreeLimits(program: Command): void {
  operatorVerb(program, {
    noun: "plan",
    usage: "agree-limits <digest>",
    description: "agree to looser limits of approvals that somebody else has asked for",
    example: "cordon plan agree-limits sha256:… --as approver",
    options: [],
    run: async (client, [digest = ""]) => {
      const limits = await client.agreeApprovalLimits({ digest });
      return { document: limits, lines: limitsLines(limits) };
    },
  });
}
