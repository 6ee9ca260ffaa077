import type { Command } from "commander";
import { refuseToOverwrite } from "../refuse-to-overwrite.ts";
import { writeFileWhole } from "../write-file.ts";
import { operatorVerb } from "../operator-verb.ts";

export function registerIncidentAttachment(program: Command): void {
  operatorVerb(program, {
    noun: "incident",
    usage: "attachment <incident> <attachment> <out>",
    description: "fetch an attached file",
    example: "cordon incident attachment inc-0123456789abcdef file-0123456789abcdef report.pdf",
    run: async (client, [id = "", attachmentId = "", out = ""]) => {
      await refuseToOverwrite(out, "a name that is free");
      const bytes = await client.readAttachment(id, attachmentId);
      await writeFileWhole(out, bytes);
      return { document: { file: out, bytes: bytes.length }, lines: [`${out}: ${bytes.length} bytes`] };
    },
  });
}
