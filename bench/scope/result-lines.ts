import type { GeneratorFigures, StreamFigures } from "./import-stream.ts";
import type { Figures } from "./rounds.ts";

export interface SizeResult {
  readonly events: number;
  readonly generatorAlone: GeneratorFigures;
  readonly pipeReadAndLeft: StreamFigures;
  readonly imported: StreamFigures;
  readonly parquet: { readonly seconds: number; readonly bytes: number };
  readonly questions: Readonly<Record<string, readonly Figures[]>>;
  /** Of the last minute, at the end of each step. */
  readonly loads: Readonly<Record<string, number>>;
}

export function rate(perSecond: number): string {
  return `${(perSecond / 1e6).toFixed(3)} M events/s`;
}

/** The results as tables in Markdown. */
export function resultLines(results: readonly SizeResult[]): string[] {
  return [...importLines(results), ...results.flatMap(questionLines)];
}

function importLines(results: readonly SizeResult[]): string[] {
  return [
    "| events | import | of it CPU s | peak memory | lake, bytes an event | pipe read and left | generator alone, µs a line | load |",
    "|---|---|---|---|---|---|---|---|",
    ...results.map(({ events, imported, pipeReadAndLeft, generatorAlone, loads }) =>
      row([
        String(events),
        rate(events / imported.seconds),
        `${imported.cpuSeconds.toFixed(1)} in ${imported.seconds.toFixed(1)}`,
        mebibytes(imported.peakRssBytes),
        (imported.lakeBytesPerEvent ?? 0).toFixed(1),
        rate(events / pipeReadAndLeft.seconds),
        ((generatorAlone.seconds / events) * 1e6).toFixed(3),
        (loads["import"] ?? 0).toFixed(1),
      ]),
    ),
  ];
}

function questionLines({ events, questions }: SizeResult): string[] {
  return Object.entries(questions).flatMap(([question, figures]) => [
    "",
    `${events} events, ${question}:`,
    "",
    "| contender | min, ms | median, ms | rounds | peak memory | answer |",
    "|---|---|---|---|---|---|",
    ...figures.map(({ name, minMs, medianMs, rounds, peakRssBytes, answer, isFloor }) =>
      row([
        name,
        minMs.toFixed(1),
        medianMs.toFixed(1),
        String(rounds.length),
        peakRssBytes === null ? "" : mebibytes(peakRssBytes),
        isFloor ? "" : answer,
      ]),
    ),
  ]);
}

function mebibytes(bytes: number): string {
  return `${Math.round(bytes / 2 ** 20)} MiB`;
}

function row(cells: readonly string[]): string {
  return `| ${cells.join(" | ")} |`;
}
