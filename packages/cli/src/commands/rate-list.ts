import type { Command } from "commander";
import { toldSamples } from "../sample-lines.ts";
import { operatorVerb } from "../operator-verb.ts";

export function registerRateList(program: Command): void {
  operatorVerb(program, {
    noun: "rate",
    usage: "list",
    description: "the newest sample of every watched rate",
    example: "cordon rate list",
    run: async (client) => toldSamples(await client.readSamples()),
  });
}
