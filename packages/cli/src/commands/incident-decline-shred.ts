import { Option, type Command } from "commander";
import { toldIncident } from "../incident-lines.ts";
import { operatorVerb, type OperatorVerbOptions } from "../operator-verb.ts";

interface Options extends OperatorVerbOptions {
  readonly because: string;
}

export function registerIncidentDeclineShred(program: Command): void {
  operatorVerb<Options>(program, {
    noun: "incident",
    usage: "decline-shred <incident> <digest>",
    description: "decline what was asked: nothing goes",
    example:
      "cordon incident decline-shred inc-0123456789abcdef sha256:… --because 'a case is open' --as approver",
    options: [new Option("--because <reason>", "why").makeOptionMandatory()],
    run: async (client, [id = "", digest = ""], { because }) =>
      toldIncident(await client.declineShred(id, { digest, because })),
  });
}
