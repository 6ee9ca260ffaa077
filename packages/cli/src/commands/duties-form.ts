import { Option, type Command } from "commander";
import { noAdvice } from "@cordon/response";
import { formLines } from "../duty-lines.ts";
import { operatorVerb, type OperatorVerbOptions } from "../operator-verb.ts";

interface Options extends OperatorVerbOptions {
  readonly rule: string;
}

export function registerDutiesForm(program: Command): void {
  operatorVerb<Options>(program, {
    noun: "duties",
    usage: "form <incident>",
    description:
      "draft what GDPR article 33(3) asks for, from the claims of an incident on the server that hold",
    example: "cordon duties form inc-0123456789abcdef --rule eu-gdpr-33",
    options: [
      new Option("--rule <id>", "the duty it is drafted for: eu-gdpr-33, gb-gdpr-33").default("eu-gdpr-33"),
    ],
    run: async (client, [id = ""], { rule }) => {
      const form = await client.draftAuthorityForm(id, rule);
      const lines = [
        noAdvice,
        `${form.law}; ${form.state}: ${form.source}`,
        form.claims.length === 0 ? "Rests on no claim: none holds." : `Rests on ${form.claims.join(", ")}.`,
        ...form.leftOut.map(({ claim, because }) => `Left out: ${claim}, for ${because}`),
        ...formLines(form),
      ];
      return { document: form, lines };
    },
  });
}
