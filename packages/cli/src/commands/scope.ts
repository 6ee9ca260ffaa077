import type { Command } from "commander";
import { answerLines } from "../answer-lines.ts";
import { eventLines } from "../event-lines.ts";
import { oneLine } from "../one-line.ts";
import { printJson, printLines } from "../output.ts";
import { addScopeOptions, askEvidence, type ScopeOptions } from "../scope-options.ts";

/** How many of the suspects' events `--events` lists. */
const eventsMax = 10_000;

interface AnswerOptions extends ScopeOptions {
  readonly events?: true;
  readonly json?: true;
}

export function registerScope(program: Command): void {
  addScopeOptions(
    program.command("scope").description("answers from logs whose data was touched, and what was not"),
  )
    .option("--events", `list the suspects' events too, at most ${eventsMax}`)
    .option("--json", "print one JSON document")
    .addHelpText(
      "after",
      "\nExample:\n  cordon scope --map map.yaml --question question.yaml --evidence logs --directory accounts.parquet --json",
    )
    .action(scope);
}

async function scope(options: AnswerOptions): Promise<void> {
  const { answer, events, eventsTruncated } = await askEvidence(
    options,
    options.events === true ? eventsMax : 0,
  );
  if (options.json === true) {
    await printJson(options.events === true ? { ...answer, events, eventsTruncated } : answer);
    return;
  }
  const lines = [
    ...answerLines(answer),
    ...(options.events === true ? ["", ...eventLines(events, eventsTruncated)] : []),
  ];
  await printLines(...lines.map(oneLine));
}
