import type { Command } from "commander";
import { toldNotice } from "../notice-lines.ts";
import { operatorVerb } from "../operator-verb.ts";

export function registerNoticesShow(program: Command): void {
  operatorVerb(program, {
    noun: "notices",
    usage: "show <incident> <notice>",
    description:
      "one notice: its channels, urgency, rates and warm-up, whom it is for, and how far it has come",
    example: "cordon notices show inc-0123456789abcdef notice-0123456789abcdef",
    run: async (client, [incidentId = "", noticeId = ""]) =>
      toldNotice(await client.readNotice(incidentId, noticeId)),
  });
}
