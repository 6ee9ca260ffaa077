import { parseArgs } from "node:util";
import path from "node:path";
import { variants, type Variant } from "../truth/hidden-truth.ts";
import { DrillError } from "./drill-error.ts";

export interface DrillOptions {
  readonly accounts: number;
  readonly seed: number;
  readonly variant: Variant;
  readonly home: string;
  /** Where the report goes; null for nowhere. */
  readonly report: string | null;
  /** Where the control plane listens; null for any free port. */
  readonly port: number | null;
  /** Leave the control plane running at the end. */
  readonly stay: boolean;
  /** The report as JSON on stdout. */
  readonly json: boolean;
}

const accountsMax = 5_000_000;
const seedMax = Number.MAX_SAFE_INTEGER;
const portMax = 65_535;

/**
 * Reads the drill's command line. Relative paths are from the working directory. Throws `ERR_DRILL_INPUT` naming what
 * was given and what was expected.
 */
export function parseDrillOptions(commandLine: readonly string[]): DrillOptions {
  const values = parse(commandLine);
  const port = values.port === undefined ? null : wholeNumber("--port", values.port, 1, portMax);
  const report = values.report;
  if (report === "") throw wrong("--report", report, "a file");
  return {
    accounts: wholeNumber("--accounts", values.accounts, 1, accountsMax),
    seed: wholeNumber("--seed", values.seed, 0, seedMax),
    variant: parseVariant(values.variant),
    home: path.resolve(values.home),
    report: report === undefined ? null : path.resolve(report),
    port,
    stay: values.stay,
    json: values.json,
  };
}

function parse(commandLine: readonly string[]) {
  try {
    return parseArgs({
      args: [...commandLine],
      allowPositionals: false,
      options: {
        accounts: { type: "string", default: "40000" },
        seed: { type: "string", default: "2014" },
        variant: { type: "string" },
        home: { type: "string", default: ".cordon" },
        report: { type: "string" },
        port: { type: "string" },
        stay: { type: "boolean", default: false },
        json: { type: "boolean", default: false },
      },
    }).values;
  } catch (error) {
    const reason = error instanceof Error ? (error.message.split("\n")[0] ?? "") : String(error);
    throw new DrillError("ERR_DRILL_INPUT", `${reason}, expected what \`cordon drill --help\` shows`, {
      cause: error,
    });
  }
}

function wholeNumber(option: string, text: string, least: number, most: number): number {
  const value = /^\d{1,16}$/.test(text) ? Number(text) : Number.NaN;
  if (!(value >= least && value <= most))
    throw wrong(option, text, `a whole number from ${least} to ${most}`);
  return value;
}

function parseVariant(text: string | undefined): Variant {
  if (text === undefined) return null;
  const variant = variants.find((one) => one === text);
  if (variant === undefined) throw wrong("--variant", text, `one of ${variants.join(", ")}`);
  return variant;
}

function wrong(option: string, text: string, expected: string): DrillError {
  return new DrillError("ERR_DRILL_INPUT", `${option} \`${text}\`, expected ${expected}`);
}
