import { parseDataMap, type DataMap } from "@cordon/evidence";
import {
  isClickHouseUrl,
  openPopulation,
  runScope,
  type Population,
  type ScopeRequest,
  type ScopeResult,
} from "@cordon/lake";
import { parseQuestion, requirePopulation, type Question } from "@cordon/scope";
import type { Command } from "commander";
import { CliError } from "./cli-error.ts";
import { clickHouseLake } from "./clickhouse-lake.ts";
import { oneLine } from "./one-line.ts";
import { ProgressLine } from "./progress-line.ts";
import { readYamlDocument } from "./yaml-document.ts";

/** What every verb that asks the evidence is told on its command line. */
export interface ScopeOptions {
  readonly map: string;
  readonly question: string;
  readonly evidence?: string;
  readonly lake?: string;
  readonly directory?: string;
  readonly population?: string;
}

interface Asked extends ScopeResult {
  readonly map: DataMap;
  readonly question: Question;
}

export function addScopeOptions(command: Command): Command {
  return command
    .requiredOption("--map <file>", "the data map: what a log line says about people")
    .requiredOption("--question <file>", "the window, the suspects and the decoys")
    .option("--evidence <dir>", "one folder of logs for each source of the map, plain or .gz/.zst")
    .option(
      "--lake <dir or url>",
      "in place of --evidence: what `cordon evidence import` or `publish` (clickhouse://…) brought there",
    )
    .option("--directory <file>", "the accounts (CSV, JSONL or Parquet) that `all` means")
    .option("--population <n>", "how many accounts `all` means, when there is no directory");
}

/** Reads map and question and asks the evidence; what was not read and the progress go to stderr. */
export async function askEvidence(options: ScopeOptions, eventsMax: number): Promise<Asked> {
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
    const result = await runScope({
      map,
      question,
      ...(await evidenceOf(options)),
      population,
      workFolder: null,
      eventsMax,
      onProgress: (report) => progress.show(report),
    });
    progress.clear();
    for (const file of result.notRead) {
      process.stderr.write(`${oneLine(`${file}: not read, it lies in no source's folder`)}\n`);
    }
    return { ...result, map, question };
  } finally {
    progress.clear();
    if (typeof population === "object") population?.close();
  }
}

async function evidenceOf({
  evidence,
  lake,
}: ScopeOptions): Promise<Pick<ScopeRequest, "evidenceFolder" | "lakeFolder" | "clickHouse">> {
  if (evidence !== undefined && lake === undefined) return { evidenceFolder: evidence };
  if (lake !== undefined && evidence === undefined)
    return isClickHouseUrl(lake) ? { clickHouse: await clickHouseLake(lake) } : { lakeFolder: lake };
  throw new CliError(
    "ERR_CLI_USAGE",
    "expected one of --evidence and --lake: the logs, or what was imported of them",
  );
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
