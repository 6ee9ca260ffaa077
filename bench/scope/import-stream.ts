import { execFile, fork } from "node:child_process";
import { mkdir, readdir, rm, stat } from "node:fs/promises";
import path from "node:path";
import { promisify } from "node:util";

import { messageOf } from "./contender.ts";
import { lineBytes } from "./event-lines.ts";
import type { EventsShape } from "./events.ts";
import type { ImportFigures, ImportOrder } from "./import-process.ts";

const run = promisify(execFile);

export interface GeneratorFigures {
  readonly seconds: number;
  readonly cpuSeconds: number;
  readonly peakRssBytes: number;
}

export interface StreamFigures extends ImportFigures {
  readonly generator: GeneratorFigures;
  readonly lineBytes: number;
  /** Null when nothing was imported. */
  readonly lakeBytesPerEvent: number | null;
}

function startGenerator({ events, accounts, actors, seed }: EventsShape, file: string): Promise<unknown> {
  const child = fork(
    new URL("generate.ts", import.meta.url),
    Object.entries({ events, accounts, actors, seed, out: file }).flatMap(([name, value]) => [
      `--${name}`,
      String(value),
    ]),
  );
  return messageOf(child);
}

/** The generator alone. */
export async function generateOnly(shape: EventsShape): Promise<GeneratorFigures> {
  return (await startGenerator(shape, "/dev/null")) as GeneratorFigures;
}

/** Writes a file of log lines. */
export async function writeLines(shape: EventsShape, file: string): Promise<void> {
  await startGenerator(shape, file);
}

/** A stream of events runs through a pipe into a lake or, with `lakeFolder` null, into nothing. */
export async function importStream(
  shape: EventsShape,
  { work, lakeFolder }: { readonly work: string; readonly lakeFolder: string | null },
): Promise<StreamFigures> {
  const evidenceFolder = path.join(work, "stream");
  await rm(evidenceFolder, { recursive: true, force: true });
  await mkdir(path.join(evidenceFolder, "api"), { recursive: true });
  const file = path.join(evidenceFolder, "api", "events.jsonl");
  await run("mkfifo", [file]);
  const reader = fork(new URL("import-process.ts", import.meta.url));
  const read = messageOf(reader);
  reader.send({ evidenceFolder, lakeFolder, file } satisfies ImportOrder);
  const [figures, generator] = (await Promise.all([read, startGenerator(shape, file)])) as [
    ImportFigures,
    GeneratorFigures,
  ];
  if (lakeFolder !== null && (figures.events !== shape.events || figures.rejected !== 0))
    throw new Error(
      `${figures.events} of ${shape.events} events were imported, ${figures.rejected} rejected`,
    );
  if (lakeFolder === null && figures.bytesLeft !== shape.events * lineBytes)
    throw new Error(
      `${figures.bytesLeft ?? 0} bytes came through the pipe, expected ${shape.events * lineBytes}`,
    );
  return {
    ...figures,
    generator,
    lineBytes,
    lakeBytesPerEvent: lakeFolder === null ? null : (await bytesUnder(lakeFolder)) / shape.events,
  };
}

async function bytesUnder(folder: string): Promise<number> {
  let bytes = 0;
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true }))
    if (entry.isFile()) bytes += (await stat(path.join(entry.parentPath, entry.name))).size;
  return bytes;
}
