import { Option, type Command } from "commander";
import type { AskQuestion } from "@cordon/contract";
import { readYamlDocument } from "../yaml-document.ts";
import { operatorVerb, type OperatorVerbOptions } from "../operator-verb.ts";

interface Options extends OperatorVerbOptions {
  readonly map: string;
  readonly question: string;
}

export function registerIncidentQuestion(program: Command): void {
  operatorVerb<Options>(program, {
    noun: "incident",
    usage: "question <incident> <evidence>",
    description: "ask evidence under HOME/evidence a question and record the answer",
    example:
      "cordon incident question inc-0123456789abcdef logs-2014 --map map.yaml --question question.yaml",
    options: [
      new Option("--map <file>", "the data map").makeOptionMandatory(),
      new Option("--question <file>", "the question").makeOptionMandatory(),
    ],
    run: async (client, [id = "", evidence = ""], options) => {
      const map = (await readYamlDocument(options.map)).value as AskQuestion["map"];
      const question = (await readYamlDocument(options.question)).value as AskQuestion["question"];
      const answer = await client.askQuestion(id, { map, question, evidence });
      const { kind, atLeast, atMost } = answer.accounts;
      return {
        document: answer,
        lines: [
          `${kind} ${atLeast}–${atMost} accounts`,
          `answer ${answer.answerDigest}`,
          ...answer.assumptions.map((one) => `assumes ${one}`),
        ],
      };
    },
  });
}
