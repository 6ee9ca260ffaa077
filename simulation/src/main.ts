import { rm, writeFile } from "node:fs/promises";
import { CordonError } from "@cordon/model";
import { checkPlace } from "./drill/check-place.ts";
import { PlainDisplay, TerminalDisplay, type Display } from "./drill/display.ts";
import { DrillError } from "./drill/drill-error.ts";
import { parseDrillOptions, type DrillOptions } from "./drill/drill-options.ts";
import { freePort } from "./drill/free-port.ts";
import { Processes } from "./drill/processes.ts";
import { runDrill } from "./drill/run-drill.ts";
import { drillFolderOf } from "./drill/stage.ts";
import { stay } from "./replay/stay.ts";
import { closingTable } from "./report/closing-table.ts";

/** The drill as a program: `cordon drill` starts it with its own command line. */

const exitCodes = { done: 0, no: 1, wrongInput: 2, interrupted: 130 } as const;

process.exitCode = await main(process.argv.slice(2));
if (process.connected) process.disconnect();

async function main(commandLine: readonly string[]): Promise<number> {
  let options: DrillOptions;
  try {
    options = parseDrillOptions(commandLine);
    await freePort(options.port);
    await checkPlace(options);
  } catch (error) {
    return fail(error);
  }
  const ending = new AbortController();
  const end = () => ending.abort(new DrillError("ERR_DRILL_INTERRUPTED", "the drill was ended"));
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, end);
  process.on("disconnect", end);

  const display = displayFor(options);
  const processes = new Processes(display);
  try {
    return await drill(options, { display, processes, signal: ending.signal });
  } catch (error) {
    display.close();
    // What breaks while it is being ended is no failure of the drill.
    return ending.signal.aborted ? exitCodes.interrupted : fail(error);
  } finally {
    display.close();
    await processes.stopAll();
    await rm(drillFolderOf(options.home), { recursive: true, force: true });
  }
}

interface Running {
  readonly display: Display;
  readonly processes: Processes;
  readonly signal: AbortSignal;
}

async function drill(options: DrillOptions, { display, processes, signal }: Running): Promise<number> {
  const aborted = aborting(signal);
  const { report, stage } = await Promise.race([
    runDrill({ options, processes, display, signal, nowMs: Date.now }),
    processes.failed,
    aborted,
  ]);
  if (options.report !== null) await writeFile(options.report, `${JSON.stringify(report, null, 2)}\n`);
  display.close();
  const table = closingTable(report);
  if (options.json) {
    process.stdout.write(`${JSON.stringify(report)}\n`);
    process.stderr.write(table);
  } else {
    process.stdout.write(table);
  }
  if (options.stay) {
    const stayed = stay(stage, { options, display, signal });
    await Promise.race([aborted, processes.failed, stayed.failed]).catch((error: unknown) => {
      if (!isInterrupt(error)) throw error;
    });
    await stayed.close();
  }
  return report.shortfalls.length === 0 ? exitCodes.done : exitCodes.no;
}

function aborting(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason as Error), { once: true });
  });
}

function displayFor(options: DrillOptions): Display {
  const out = options.json ? process.stderr : process.stdout;
  return out.isTTY ? new TerminalDisplay(out, Date.now) : new PlainDisplay(out, Date.now);
}

function isInterrupt(error: unknown): boolean {
  return error instanceof DrillError && error.code === "ERR_DRILL_INTERRUPTED";
}

/** One line on stderr, and the exit code. */
function fail(error: unknown): number {
  if (isInterrupt(error)) return exitCodes.interrupted;
  const message = error instanceof Error ? error.message : String(error);
  process.stderr.write(`${message.replace(/\s*\n\s*/g, " | ")}\n`);
  if (error instanceof DrillError)
    return error.code === "ERR_DRILL_INPUT" ? exitCodes.wrongInput : exitCodes.no;
  if (!(error instanceof CordonError) && error instanceof Error && process.env["CORDON_DEBUG"] !== undefined)
    process.stderr.write(`${error.stack ?? ""}\n`);
  return exitCodes.no;
}
