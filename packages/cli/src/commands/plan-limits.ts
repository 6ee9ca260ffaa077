import { InvalidArgumentError, Option, type Command } from "commander";
import { limitsLines } from "../limits-lines.ts";
import { operatorVerb, type OperatorVerbOptions } from "../operator-verb.ts";
import { durationOption } from "../options.ts";

interface Options extends OperatorVerbOptions {
  readonly oneUpTo?: number;
  readonly twoUpTo?: number | null;
  readonly lasts?: number;
  readonly because?: string;
}

function accounts(text: string): number {
  if (/^\d{1,12}$/.test(text)) return Number(text);
  throw new InvalidArgumentError("expected a number of accounts");
}

export function registerPlanLimits(program: Command): void {
  operatorVerb<Options>(program, {
    noun: "plan",
    usage: "limits",
    description:
      "how many must agree to what; with --because, other limits: tighter at once, looser when others agree",
    example: 'cordon plan limits --two-up-to 100000 --because "three for a whole market" --as administrator',
    options: [
      new Option("--one-up-to <accounts>", "one approval is enough up to so many").argParser(accounts),
      new Option("--two-up-to <accounts>", "two are enough up to so many, or `all`").argParser((text) =>
        text === "all" ? null : accounts(text),
      ),
      new Option("--lasts <duration>", "how long an approval counts").argParser(durationOption("--lasts")),
      new Option("--because <text>", "why the limits change"),
    ],
    run: async (client, _args, { oneUpTo, twoUpTo, lasts, because }) => {
      const now = await client.readApprovalLimits();
      if (because === undefined) {
        if (oneUpTo !== undefined || twoUpTo !== undefined || lasts !== undefined)
          throw new InvalidArgumentError("limits change with --because");
        return { document: now, lines: limitsLines(now) };
      }
      const limits = await client.setApprovalLimits({
        oneApprovalUpToAccounts: oneUpTo ?? now.oneApprovalUpToAccounts,
        twoApprovalsUpToAccounts: twoUpTo === undefined ? now.twoApprovalsUpToAccounts : twoUpTo,
        approvalLastsMs: lasts ?? now.approvalLastsMs,
        because,
      });
      return { document: limits, lines: limitsLines(limits) };
    },
  });
}
