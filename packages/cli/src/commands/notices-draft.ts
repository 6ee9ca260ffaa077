import type { Command } from "commander";
import { withNoticeDraft } from "../draft-file.ts";
import { toldNotice } from "../notice-lines.ts";
import { operatorVerb } from "../operator-verb.ts";

export function registerNoticesDraft(program: Command): void {
  operatorVerb(program, {
    noun: "notices",
    usage: "draft <incident> <file>",
    description: "draft a notice from its YAML: who signs, by which channels, how urgent and how fast",
    example: "cordon notices draft inc-0123456789abcdef notice.yaml",
    run: async (client, [incidentId = "", file = ""]) =>
      toldNotice(await withNoticeDraft(file, (draft) => client.draftNotice(incidentId, draft))),
  });
}
