import { Option, type Command } from "commander";
import { operatorVerb, type OperatorVerbOptions } from "../operator-verb.ts";

interface Options extends OperatorVerbOptions {
  readonly name?: string;
}

export function registerIncidentSignNoRisk(program: Command): void {
  operatorVerb<Options>(program, {
    noun: "incident",
    usage: "sign-no-risk <incident> <decision> <digest>",
    description: "sign what somebody else has stated",
    example: "cordon incident sign-no-risk inc-0123456789abcdef risk-0123456789abcdef sha256:… --as approver",
    options: [new Option("--name <person>", "who answers for it (default: the operator)")],
    run: async (client, [id = "", decisionId = "", digest = ""], { name }) => {
      const decision = await client.signNoIncreasedRisk(id, decisionId, {
        digest,
        ...(name === undefined ? {} : { name }),
      });
      return {
        document: decision,
        lines: [`signed by ${decision.signed?.name ?? ""}: ${decision.statement}`],
      };
    },
  });
}
