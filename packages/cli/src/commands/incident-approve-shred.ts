import type { Command } from "commander";
import { toldIncident } from "../incident-lines.ts";
import { operatorVerb } from "../operator-verb.ts";

export function registerIncidentApproveShred(program: Command): void {
  operatorVerb(program, {
    noun: "incident",
    usage: "approve-shred <incident> <digest>",
    description:
      "agree that the personal data goes for good; the digest is what `incident show` says was asked",
    example: "cordon incident approve-shred inc-0123456789abcdef sha256:… --as approver",
    run: async (client, [id = "", digest = ""]) => toldIncident(await client.approveShred(id, { digest })),
  });
}
