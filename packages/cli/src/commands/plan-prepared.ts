import { Option, type Command } from "commander";
import { operatorVerb, type OperatorVerbOptions } from "../operator-verb.ts";
import { preparedLines } from "../prepared-lines.ts";
import { refuseToOverwrite } from "../refuse-to-overwrite.ts";
import { writeFileWhole } from "../write-file.ts";

interface Options extends OperatorVerbOptions {
  readonly out?: string;
}

export function registerPlanPrepared(program: Command): void {
  operatorVerb<Options>(program, {
    noun: "plan",
    usage: "prepared",
    description: "the bundle that waits for signatures, and what it would change",
    example: "cordon plan prepared --out prepared.bundle --as approver",
    options: [
      new Option("--out <file>", "write its bytes, for `cordon bundle inspect` and `cordon gate simulate`"),
    ],
    run: async (client, _args, { out }) => {
      if (out !== undefined) await refuseToOverwrite(out, "a name that is free");
      const { prepared } = await client.readPrepared();
      if (prepared === null) return { document: { prepared }, lines: ["no bundle waits for signatures"] };
      if (out !== undefined) await writeFileWhole(out, await client.readPreparedBundle());
      return { document: { prepared }, lines: preparedLines(prepared) };
    },
  });
}
