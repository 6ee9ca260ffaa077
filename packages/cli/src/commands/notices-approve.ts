import type { Command } from "commander";
import { toldNotice } from "../notice-lines.ts";
import { operatorVerb } from "../operator-verb.ts";

export function registerNoticesApprove(program: Command): void {
  operatorVerb(program, {
    noun: "notices",
    usage: "approve <incident> <notice>",
    description: "approve a notice that somebody else drafted: it begins to go out",
    example: "cordon notices approve inc-0123456789abcdef notice-0123456789abcdef --as approver",
    run: async (client, [incidentId = "", noticeId = ""]) =>
      toldNotice(await client.approveNotice(incidentId, noticeId)),
  });
}
