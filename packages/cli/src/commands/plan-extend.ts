import { Option, type Command } from "commander";
import { instantOption, instantText, wholeNumberOption } from "../options.ts";
import { toldPlan } from "../incident-lines.ts";
import { incidentOf, incidentOption, type PlanPlaceOptions } from "../plan-place.ts";
import { operatorVerb, type OperatorVerbOptions } from "../operator-verb.ts";

interface Options extends OperatorVerbOptions, PlanPlaceOptions {
  readonly because: string;
  readonly pace: number;
  readonly until?: number;
}

export function registerPlanExtend(program: Command): void {
  operatorVerb<Options>(program, {
    noun: "plan",
    usage: "extend <plan>",
    description: "ask for approval to let a run go on slower or longer",
    example: "cordon plan extend plan-0123456789abcdef --pace 2 --because 'the login service is slow'",
    options: [
      incidentOption,
      new Option("--because <reason>", "why").makeOptionMandatory(),
      new Option("--pace <n>", "each wave takes so many times as long as planned")
        .argParser(wholeNumberOption("--pace", 1, 100))
        .default(1),
      new Option("--until <time>", "when it ends at the latest").argParser(instantOption("--until")),
    ],
    run: async (client, [planId = ""], options) => {
      const incidentId = await incidentOf(client, planId, options);
      return toldPlan(
        await client.askApproval(incidentId, planId, {
          act: "extension",
          because: options.because,
          extension: { pace: options.pace, until: instantText(options.until ?? null) },
        }),
      );
    },
  });
}
