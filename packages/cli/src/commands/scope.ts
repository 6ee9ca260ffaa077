import { parseDataMap } from "@cordon/evidence";
import { openPopulation, runScope, type Population, type ScopeProgress } from "@cordon/lake";
import { parseQuestion, requirePopulation, type Question } from "@cordon/scope";
import type { Command } from "commander";
import { answerLines } from "../answer-lines.ts";
import { CliError } from "../cli-error.ts";
import { eventLines } from "../event-lines.ts";
import { oneLine } from "../one-line.ts";
import { printJson, printLines } from "../output.ts";
import { readYamlDocument } from "../yaml-document.ts";

/** How many of the suspects' events `--events` lists. */
const eventsMax = 10_000;

interface ScopeOptions {
  readonly map: string;
  readonly question: string;
  readonly evidence: string;
  readonly directory?: string;
  readonly population?: string;
  readonly events?: true;
  readonly json?: true;
}

export function registerScope(program: Command): void {
  program
    .command("scope")
    .description("answers from logs whose data was touched, and what was not")
    .requiredOption("--map <file>", "the data map: what a log line says about people")
    .requiredOption("--question <file>", "the window, the suspects and the decoys")
    .requiredOption("--evidence <dir>", "one folder of logs for each source of the map, plain or .gz/.zst")
    .option("--directory <file>", "the accounts (CSV, JSONL or Parquet) that `all` means")
    .option("--population <n>", "how many accounts `all` means, when there is no directory")
    .option("--events", `list the suspects' events too, at most ${eventsMax}`)
    .option("--json", "print one JSON document")
    .addHelpText(
      "after",
      "\nExample:\n  cordon scope --map map.yaml --question question.yaml --evidence logs --directory accounts.parquet --json",
    )
    .action(scope);
}

async function scope(options: ScopeOptions): Promise<void> {
  const mapDocument = await readYamlDocument(options.map);
  const map = mapDocument.check((value) => parseDataMap(value, (path) => mapDocument.sourceAt(path)));
  const questionDocument = await readYamlDocument(options.question);
  const question = questionDocument.check((value) =>
    parseQuestion(value, (path) => questionDocument.sourceAt(path)),
  );
  const population = await readPopulation(options, question);
  const progress = new ProgressLine();
  try {
    const people = typeof population === "object" ? (population?.all ?? null) : population;
    mapDocument.check(() => {
      requirePopulation(map, people);
    });
    const { answer, events, eventsTruncated, notRead } = await runScope({
      map,
      question,
      evidenceFolder: options.evidence,
      population,
      workFolder: null,
      eventsMax: options.events === true ? eventsMax : 0,
      onProgress: (report) => progress.show(report),
    });
    progress.clear();
    for (const file of notRead) {
      process.stderr.write(`${oneLine(`${file}: not read, it lies in no source's folder`)}\n`);
    }
    if (options.json === true) {
      await printJson(options.events === true ? { ...answer, events, eventsTruncated } : answer);
      return;
    }
    const lines = [
      ...answerLines(answer),
      ...(options.events === true ? ["", ...eventLines(events, eventsTruncated)] : []),
    ];
    await printLines(...lines.map(oneLine));
  } finally {
    progress.clear();
    if (typeof population === "object") population?.close();
  }
}

async function readPopulation(
  options: ScopeOptions,
  question: Question,
): Promise<Population | number | null> {
  if (options.directory !== undefined) {
    if (options.population !== undefined) {
      throw new CliError(
        "ERR_CLI_USAGE",
        "--directory and --population both say what `all` means, expected one of them",
      );
    }
    return openPopulation(
      { file: options.directory },
      { windowEndUs: question.toUs, decoys: question.decoys },
    );
  }
  if (options.population === undefined) return null;
  const count = Number(options.population);
  if (/^\d+$/.test(options.population) && Number.isSafeInteger(count)) return count;
  throw new CliError(
    "ERR_CLI_USAGE",
    `--population \`${options.population}\` is no number of people, expected a whole number from 0`,
  );
}

/** One line on a terminal that is written over; nothing anywhere else. */
class ProgressLine {
  #shown = false;

  show({ source, lines, bytes, bytesTotal }: ScopeProgress): void {
    if (!process.stderr.isTTY) return;
    const percent = bytesTotal === 0 ? 100 : Math.min(100, Math.floor((bytes / bytesTotal) * 100));
    const text = oneLine(`${percent} % · ${lines.toLocaleString("en-US")} lines · ${source}`);
    process.stderr.write(`\r${text.slice(0, 78)}\u001b[K`);
    this.#shown = true;
  }

  clear(): void {
    if (this.#shown) process.stderr.write("\r\u001b[K");
    this.#shown = false;
  }
}
