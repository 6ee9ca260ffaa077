import type { Command } from "commander";
import { operatorVerb } from "../operator-verb.ts";

export function registerIncidentClaim(program: Command): void {
  operatorVerb(program, {
    noun: "incident",
    usage: "claim <incident> <answer>",
    description: "bind a claim to an answer",
    example: "cordon incident claim inc-0123456789abcdef sha256:…",
    run: async (client, [id = "", answerDigest = ""]) => {
      const claim = await client.makeClaim(id, { answerDigest });
      const { kind, atLeast, atMost } = claim.accounts;
      return { document: claim, lines: [`claim ${claim.id}: ${kind} ${atLeast}–${atMost} accounts`] };
    },
  });
}
