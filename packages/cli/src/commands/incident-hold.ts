import { Option, type Command } from "commander";
import { toldIncident } from "../incident-lines.ts";
import { operatorVerb, type OperatorVerbOptions } from "../operator-verb.ts";

interface Options extends OperatorVerbOptions {
  readonly because: string;
  readonly lift?: true;
}

export function registerIncidentHold(program: Command): void {
  operatorVerb<Options>(program, {
    noun: "incident",
    usage: "hold <incident>",
    description: "a legal hold: nothing of the incident is shredded while it stands; somebody else lifts it",
    example: "cordon incident hold inc-0123456789abcdef --because 'court order 7/2014'",
    options: [
      new Option("--because <reason>", "on whose wish; it goes on record").makeOptionMandatory(),
      new Option("--lift", "take the hold back"),
    ],
    run: async (client, [id = ""], { because, lift }) =>
      toldIncident(
        lift === true
          ? await client.liftLegalHold(id, { because })
          : await client.setLegalHold(id, { because }),
      ),
  });
}
