import { explain } from "@cordon/scope";
import type { Command } from "commander";
import { explainLines } from "../explain-lines.ts";
import { explainPage } from "../explain-page/explain-page.ts";
import { noun } from "../noun.ts";
import { oneLine } from "../one-line.ts";
import { printJson, printLines } from "../output.ts";
import { askEvidence, type ScopeOptions } from "../scope-options.ts";
import { writeFileWhole } from "../write-file.ts";

/** How many of the suspects' events an explanation is made from, at most. */
const eventsMax = 10_000;

interface ExplainOptions extends ScopeOptions {
  readonly html?: string;
  readonly json?: true;
}

/** `scope` itself reads the options they have in common, wherever they stand. */
export function registerScopeExplain(program: Command): void {
  noun(program, "scope")
    .command("explain")
    .description("says why: the lines and the coverage behind an answer, and what would make it sharper")
    .option("--html <file>", "write a page with the timeline, which needs nothing but itself")
    .configureHelp({ showGlobalOptions: true })
    .addHelpText(
      "after",
      "\nExample:\n  cordon scope explain --map map.yaml --question question.yaml --evidence logs --population 40000 --html explained.html",
    )
    .action(async (_, command: Command) => explainAnswer(command.optsWithGlobals()));
}

async function explainAnswer(options: ExplainOptions): Promise<void> {
  const asked = await askEvidence(options, eventsMax);
  const { map, question, findings, answer, events, eventsTruncated } = asked;
  const explanation = explain({ map, question, findings, answer, events, allEvents: !eventsTruncated });
  if (options.html !== undefined) {
    const page = explainPage({ question, answer, explanation, events });
    await writeFileWhole(options.html, new TextEncoder().encode(page));
  }
  if (options.json === true) {
    await printJson({ answer, explanation });
    return;
  }
  const written = options.html === undefined ? [] : [`Written: ${options.html}`];
  await printLines(...[...explainLines(answer, explanation), ...written].map(oneLine));
}
