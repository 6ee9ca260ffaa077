import { isExpired } from "@cordon/bundle";
import { compilePolicy } from "@cordon/gate";
import type { Command } from "commander";
import { addTrustOptions, openTrustedBundle, type TrustOptions } from "../bundle-file.ts";
import { NoAnswer } from "../cli-error.ts";
import { decideLines } from "../decide-lines.ts";
import { noun } from "../noun.ts";
import { instantOption } from "../options.ts";
import { writeOut } from "../output.ts";

interface DecideOptions extends TrustOptions {
  readonly bundle: string;
  readonly now?: number;
  readonly keepServing?: true;
  readonly explain?: true;
  readonly json?: true;
}

const example = `
Example:
  cordon gate decide --bundle policy.bundle --key keys/public.pem < requests.jsonl > decisions.jsonl`;

export function registerGateDecide(program: Command): void {
  const command = noun(program, "gate")
    .command("decide")
    .description("decide requests, one JSON object a line, from stdin to stdout")
    .requiredOption("--bundle <file>", "the policy in force");
  addTrustOptions(command)
    .option("--now <time>", "decide as of this time (default: the clock)", instantOption("--now"))
    .option("--keep-serving", "go on with a bundle that has expired")
    .option("--explain", "add `explanation`: of each rule, whether it applies and why")
    .option("--json", "decisions are JSON in any case")
    .addHelpText("after", example)
    .action(async (options: DecideOptions) => {
      const { bundle, policy } = await openTrustedBundle(options.bundle, options);
      const compiled = compilePolicy(policy, bundle.sets);
      const nowMs = (): number => {
        const now = options.now ?? Date.now();
        if (options.keepServing !== true && isExpired(bundle, now)) {
          throw new NoAnswer(`${options.bundle}: refused: version ${bundle.version} has expired`);
        }
        return now;
      };
      nowMs();
      await decideLines({
        requests: process.stdin,
        name: "stdin",
        compiled,
        nowMs,
        explained: options.explain === true,
        write: writeOut,
      });
    });
}
