import { compilePolicy } from "@cordon/gate";
import { parseDuration } from "@cordon/model";
import type { SimulationReport, TrafficResult } from "@cordon/control-plane";
import type { Command } from "commander";
import { addTrustOptions, openTrustedBundle, type TrustOptions } from "../bundle-file.ts";
import { CliError } from "../cli-error.ts";
import { noun } from "../noun.ts";
import { oneLine } from "../one-line.ts";
import { instantOption, instantText, wholeNumberOption } from "../options.ts";
import { printJson, printLines } from "../output.ts";
import { simulationLines } from "../simulation-lines.ts";
import { playTraffic } from "../traffic-lines.ts";

interface SimulateOptions extends TrustOptions {
  readonly bundle: string;
  readonly traffic: string;
  readonly against?: string;
  readonly directory?: string;
  readonly from?: number;
  readonly to?: number;
  readonly step: number;
  readonly shift: number;
  readonly asLogged?: true;
  readonly maxInstallations?: number;
  readonly json?: true;
}

const help = `
A line of the log is a request as \`gate decide\` takes it, with \`at\` (when it came), in the order of time; \`market\` and
\`installation\` are optional. People are taken to do at once what they are told: whoever must sign in again does so at
the first request after their wave opens, and is then signed in on that installation. Refused apps do nothing, and an
upgrade is installed only when the log says so. A log of last week tells next week: add --shift.

Example:
  cordon gate simulate --bundle next.bundle --key keys/public.pem --traffic requests.jsonl.gz --shift 7d \\
    --directory accounts.parquet --against in-force.bundle

A line:
  {"at":"2014-05-28T09:30:00Z","account":"u-1","authTime":"2014-05-20T08:00:00Z","client":{"platform":"ios","store":"app-store","version":"1.0.2"}}`;

export function registerGateSimulate(program: Command): void {
  const command = noun(program, "gate")
    .command("simulate")
    .description("play a log of requests through a bundle: who would be denied, and how many sign in when")
    .requiredOption("--bundle <file>", "the policy to try");
  addTrustOptions(command)
    .requiredOption("--traffic <file>", "requests, one JSON object a line, plain or .gz/.zst; - for stdin")
    .option("--against <file>", "the bundle in force: says what changes (of the same keys)")
    .option("--directory <accounts>", "says the market of accounts whose requests do not")
    .option("--from <time>", "simulate from here on", instantOption("--from"))
    .option("--to <time>", "simulate up to here, exclusive", instantOption("--to"))
    .option(
      "--step <duration>",
      "length of a step: a whole number and s, m, h or d",
      durationOption("--step", 1),
      3_600_000,
    )
    .option("--shift <duration>", "add this to the time of every request", durationOption("--shift", 0), 0)
    .option("--as-logged", "nobody does what they are told: each request is decided as it stands")
    .option(
      "--max-installations <n>",
      "limit of what is kept in memory (default 4 million, about 1.5 GB)",
      wholeNumberOption("--max-installations", 1, 16_000_000),
    )
    .option("--json", "print one JSON document")
    .addHelpText("after", help)
    .action(simulate);
}

function durationOption(option: string, leastMs: number): (text: string) => number {
  return (text) => {
    const ms = parseDuration(text);
    if (ms !== null && ms >= leastMs) return ms;
    const expected = "a whole number and s, m, h or d, as in 1h";
    throw new CliError("ERR_CLI_USAGE", `${option}: \`${text}\`, expected ${expected}`);
  };
}

async function simulate(options: SimulateOptions): Promise<void> {
  if (options.from !== undefined && options.to !== undefined && options.to <= options.from) {
    throw new CliError("ERR_CLI_USAGE", "--to is not after --from, expected a window that holds something");
  }
  const { TrafficRun, parseTrafficRequest } = await import("@cordon/control-plane");
  const open = async (file: string) => {
    const { bundle, policy } = await openTrustedBundle(file, options);
    return { bundle, simulated: { policy, compiled: compilePolicy(policy, bundle.sets) } };
  };
  const next = await open(options.bundle);
  const inForce = options.against === undefined ? null : await open(options.against);
  const run = new TrafficRun({
    policy: next.simulated,
    against: inForce?.simulated ?? null,
    stepMs: options.step,
    fromMs: options.from ?? null,
    toMs: options.to ?? null,
    shiftMs: options.shift,
    comply: options.asLogged !== true,
    ...(options.maxInstallations === undefined ? {} : { installationsMax: options.maxInstallations }),
  });
  await playTraffic(options.traffic, run, parseTrafficRequest);
  if (options.directory !== undefined) await joinMarkets(run, options.directory);
  const result = run.result();
  const { expiresAtMs, version } = next.bundle;
  if (expiresAtMs !== null && result.lastMs !== null && result.lastMs >= expiresAtMs) {
    const when = instantText(expiresAtMs) ?? "";
    process.stderr.write(
      `${oneLine(`${options.bundle}: expires ${when}, within the simulated time; it is played to the end`)}\n`,
    );
  }
  if (options.json === true) {
    await printJson(asJson(result, { options, version, againstVersion: inForce?.bundle.version ?? null }));
    return;
  }
  await printLines(...simulationLines({ ...result, stepMs: options.step, comparison: result.against }));
}

async function joinMarkets(
  run: { joinMarkets(batch: { accountIds: readonly string[]; markets: readonly (string | null)[] }): void },
  directory: string,
): Promise<void> {
  const { readAccountTexts } = await import("@cordon/lake");
  for await (const { accountIds, texts } of readAccountTexts(directory, "market")) {
    run.joinMarkets({ accountIds, markets: texts });
  }
}

function asJson(
  { report, against, ...run }: TrafficResult,
  given: {
    readonly options: SimulateOptions;
    readonly version: number;
    readonly againstVersion: number | null;
  },
) {
  const { options, version, againstVersion } = given;
  return {
    version,
    first: instantText(run.firstMs),
    last: instantText(run.lastMs),
    outside: run.outside,
    stepSeconds: options.step / 1000,
    asLogged: options.asLogged === true,
    ...reportJson(report, options.step),
    against:
      against === null
        ? null
        : {
            version: againstVersion,
            ...against.comparison,
            inForce: reportJson(against.report, options.step),
          },
  };
}

/** Times as text, and rates beside counts. */
function reportJson({ steps, signIns, ...report }: SimulationReport, stepMs: number) {
  const busiest = steps.reduce<(typeof steps)[number] | null>(
    (most, step) => (step.signIns > (most?.signIns ?? 0) ? step : most),
    null,
  );
  return {
    ...report,
    signIns:
      signIns === null
        ? null
        : {
            total: signIns.total,
            peakSecond:
              signIns.peak === null
                ? null
                : { at: instantText(signIns.peak.atMs), signIns: signIns.peak.signIns },
            busiestStep:
              busiest === null
                ? null
                : {
                    from: instantText(busiest.fromMs),
                    signIns: busiest.signIns,
                    perSecond: (busiest.signIns * 1000) / stepMs,
                  },
            waves: signIns.waves.map(({ opensMs, ...wave }) => ({ ...wave, opens: instantText(opensMs) })),
          },
    steps: steps.map(({ fromMs, ...step }) => ({
      from: instantText(fromMs),
      ...step,
      signInsPerSecond: (step.signIns * 1000) / stepMs,
    })),
  };
}
