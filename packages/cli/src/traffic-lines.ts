import type { TrafficRun } from "@cordon/control-plane";
import { InputError } from "@cordon/model";
import { createReadStream } from "node:fs";
import { createGunzip, createZstdDecompress } from "node:zlib";
import { CliError } from "./cli-error.ts";
import { fileError } from "./input-file.ts";
import { lineBatches } from "./lines.ts";

const requestBytesMax = 1024 * 1024;
const expectedFile = "a log of requests, JSON lines, plain or .gz/.zst";

/**
 * Plays a log, `-` for stdin, line by line into a run; blank lines are skipped. A line that is no request is thrown as a
 * CliError `FILE:LINE: …`, and so is one for which the run has no room.
 */
export async function playTraffic(
  file: string,
  run: TrafficRun,
  parse: (line: string) => Parameters<TrafficRun["take"]>[0],
): Promise<void> {
  const name = file === "-" ? "stdin" : file;
  try {
    for await (const batch of lineBatches(openLog(file), { name, lineBytesMax: requestBytesMax })) {
      for (const [index, line] of batch.lines.entries()) {
        if (line === "") continue;
        try {
          run.take(parse(line));
        } catch (error) {
          throw inLine(error, `${name}:${batch.firstLine + index}`);
        }
      }
      if (batch.failure !== null) throw batch.failure;
    }
  } catch (error) {
    throw file === "-" ? error : fileError(file, error, expectedFile);
  }
}

function openLog(file: string): AsyncIterable<Uint8Array> {
  if (file === "-") return process.stdin;
  const bytes = createReadStream(file);
  const unpack = file.endsWith(".gz")
    ? createGunzip()
    : file.endsWith(".zst")
      ? createZstdDecompress()
      : null;
  if (unpack === null) return bytes;
  // `pipe` leaves the source's errors where they are.
  bytes.on("error", (error) => unpack.destroy(error));
  unpack.on("error", () => bytes.destroy());
  return bytes.pipe(unpack);
}

function inLine(error: unknown, place: string): unknown {
  if (!(error instanceof InputError)) return error;
  return new CliError("ERR_CLI_DOCUMENT", `${place}: ${error.message}, expected ${error.expected}`, {
    cause: error,
  });
}
