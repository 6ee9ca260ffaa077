import type { Plan } from "@cordon/contract";
import { Option, type Command } from "commander";
import { toldPlan } from "../incident-lines.ts";
import { readPrivateKeyFile } from "../key-file.ts";
import { operatorVerb, type OperatorVerbOptions } from "../operator-verb.ts";
import { durationOption } from "../options.ts";
import { printLines } from "../output.ts";
import { askedDigest, incidentOf, incidentOption, type PlanPlaceOptions } from "../plan-place.ts";
import { preparedLines } from "../prepared-lines.ts";
import { awaitPrepared, signShown } from "../sign-prepared.ts";

interface Options extends OperatorVerbOptions, PlanPlaceOptions {
  readonly digest?: string;
  readonly key?: string;
  readonly wait: number;
}

function isGranted({ asked }: Plan): boolean {
  return asked !== null && asked.granted !== null;
}

export function registerPlanApprove(program: Command): void {
  operatorVerb<Options>(program, {
    noun: "plan",
    usage: "approve <plan>",
    description:
      "approve what was asked of a plan; with --key, sign the bundle that does it after showing what that is",
    example: "cordon plan approve plan-0123456789abcdef --key approver.pem --as approver",
    options: [
      incidentOption,
      new Option("--digest <digest>", "of what you have read (default: what is asked now)"),
      new Option("--key <file>", "your own private key, PKCS#8 PEM"),
      new Option("--wait <duration>", "how long to wait for the bundle to be prepared")
        .argParser(durationOption("--wait"))
        .default(20_000, "20s"),
    ],
    run: async (client, [planId = ""], options) => {
      const privateKeyPem = options.key === undefined ? null : await readPrivateKeyFile(options.key);
      const incidentId = await incidentOf(client, planId, options);
      let plan = await client.readPlan(incidentId, planId);
      const isOver = isGranted(plan);
      const digest = options.digest ?? (isOver ? null : askedDigest(plan));
      // Once enough have agreed, the signature is all that is missing.
      if (digest !== null && !isOver) plan = await client.giveApproval(incidentId, planId, { digest });
      if (privateKeyPem === null) return toldPlan(plan);
      const prepared = await awaitPrepared(client, plan, isGranted(plan) ? options.wait : 0);
      if (prepared === null) {
        const { document, lines } = toldPlan(plan);
        return {
          document,
          lines: [...lines, "no bundle of it waits for a signature yet: come back when it does"],
        };
      }
      if (options.json === undefined) await printLines(...preparedLines(prepared));
      await signShown(client, prepared, privateKeyPem);
      return toldPlan(await client.readPlan(incidentId, planId));
    },
  });
}
