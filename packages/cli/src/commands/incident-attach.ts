import type { Command } from "commander";
import path from "node:path";
import { attachmentBytesMax } from "@cordon/contract";
import { readInputFile } from "../input-file.ts";
import { operatorVerb } from "../operator-verb.ts";

export function registerIncidentAttach(program: Command): void {
  operatorVerb(program, {
    noun: "incident",
    usage: "attach <incident> <file>",
    description: "attach a file; it is known by its SHA-256",
    example: "cordon incident attach inc-0123456789abcdef report.pdf",
    run: async (client, [id = "", file = ""]) => {
      const bytes = await readInputFile(file, attachmentBytesMax, "a file to attach");
      const attached = await client.attachFile(id, { name: path.basename(file), bytes });
      return {
        document: attached,
        lines: [`${attached.id}: ${attached.bytes} bytes, sha256 ${attached.sha256}`],
      };
    },
  });
}
