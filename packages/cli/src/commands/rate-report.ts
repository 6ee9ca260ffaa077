import type { Command } from "commander";
import { CliError } from "../cli-error.ts";
import { toldSamples } from "../sample-lines.ts";
import { operatorVerb } from "../operator-verb.ts";

export function registerRateReport(program: Command): void {
  operatorVerb(program, {
    noun: "rate",
    usage: "report <rate> <value>",
    description: "tell the newest value of a watched rate",
    example: "cordon rate report sign-in-failures 0.02",
    run: async (client, [rate = "", text = ""]) => {
      const value = Number(text);
      if (text.trim() === "" || !Number.isFinite(value))
        throw new CliError("ERR_CLI_USAGE", `\`${text}\` is no value, expected a number`);
      return toldSamples(await client.reportSamples({ samples: [{ rate, value }] }));
    },
  });
}
