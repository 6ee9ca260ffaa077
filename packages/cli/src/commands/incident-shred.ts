import { Option, type Command } from "commander";
import { toldIncident } from "../incident-lines.ts";
import { operatorVerb, type OperatorVerbOptions } from "../operator-verb.ts";

interface Options extends OperatorVerbOptions {
  readonly because: string;
}

export function registerIncidentShred(program: Command): void {
  operatorVerb<Options>(program, {
    noun: "incident",
    usage: "shred <incident>",
    description: "ask that the personal data of a closed incident is let go; two others must approve-shred",
    example: "cordon incident shred inc-0123456789abcdef --because 'retention over'",
    options: [
      new Option(
        "--because <reason>",
        "why; it stays in the journal and must not say what was erased",
      ).makeOptionMandatory(),
    ],
    run: async (client, [id = ""], { because }) => toldIncident(await client.askShred(id, { because })),
  });
}
