import { Option, type Command } from "commander";
import { formatInstant } from "@cordon/model";
import { instantOption } from "../options.ts";
import { operatorVerb, type OperatorVerbOptions } from "../operator-verb.ts";

interface Options extends OperatorVerbOptions {
  readonly at?: number;
}

export function registerIncidentNote(program: Command): void {
  operatorVerb<Options>(program, {
    noun: "incident",
    usage: "note <incident> <text>",
    description: "write a note on the timeline",
    example: "cordon incident note inc-0123456789abcdef 'the token was revoked' --at 2014-05-26T09:00:00Z",
    options: [new Option("--at <time>", "when what it tells happened").argParser(instantOption("--at"))],
    run: async (client, [id = "", text = ""], { at }) => {
      const note = await client.addNote(id, {
        text,
        occurredAt: at === undefined ? null : formatInstant(at),
      });
      return { document: note, lines: [`note ${note.id} at ${note.occurredAt}`] };
    },
  });
}
