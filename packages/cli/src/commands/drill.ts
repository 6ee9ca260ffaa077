import { fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { Command } from "commander";
import { CliError } from "../cli-error.ts";
import { resolveHome } from "../home.ts";

interface DrillOptions {
  readonly accounts?: string;
  readonly seed?: string;
  readonly variant?: string;
  readonly home?: string;
  readonly report?: string;
  readonly port?: string;
  readonly stay?: true;
  readonly json?: true;
}

/** The drill is a program of its own beside the packages; no package knows it from inside. */
const entry = fileURLToPath(new URL("../../../../simulation/src/main.ts", import.meta.url));

export function registerDrill(program: Command): void {
  program
    .command("drill")
    .description("replays the reference incident with every real part, on a made-up population")
    .option("--accounts <n>", "people of the population (default: 40000)")
    .option("--seed <n>", "makes the population and what happens to it (default: 2014)")
    .option("--variant <name>", "gap, bulk, payment or exposed (default: the incident as it was)")
    .option("--home <dir>", "home folder, which stays (default: CORDON_HOME, else ./.cordon)")
    .option("--report <file>", "where the report goes, as JSON")
    .option("--port <n>", "port of the control plane on 127.0.0.1 (default: a free one)")
    .option("--stay", "leave the control plane running at the end, until Ctrl-C")
    .option("--json", "print the report as one JSON document; everything else goes to stderr")
    .addHelpText("after", "\nExample:\n  cordon drill --accounts 40000 --variant gap --report report.json")
    .action(drill);
}

async function drill(options: DrillOptions): Promise<void> {
  process.exitCode = await runToTheEnd([...commandLine({ ...options, home: resolveHome(options.home) })]);
}

function* commandLine(options: DrillOptions): Generator<string> {
  for (const [name, value] of Object.entries(options)) {
    yield value === true ? `--${name}` : `--${name}=${String(value)}`;
  }
}

/** Starts the drill, passes signals on, and resolves to its exit code. It ends by itself when this process is gone. */
function runToTheEnd(args: readonly string[]): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = fork(entry, args, {
      execArgv: ["--disable-warning=ExperimentalWarning"],
      stdio: ["inherit", "inherit", "inherit", "ipc"],
    });
    // Ctrl-C on a terminal reaches both; a signal meant for this process alone is passed on. Twice does no harm.
    const pass = (signal: NodeJS.Signals) => child.kill(signal);
    const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
    for (const signal of signals) process.on(signal, pass);
    child.once("error", (error) => {
      reject(
        new CliError(
          "ERR_CLI_FILE",
          `${entry}: the drill can't be started (${error.message}), expected the whole checkout`,
          { cause: error },
        ),
      );
    });
    child.once("exit", (code) => {
      for (const signal of signals) process.removeListener(signal, pass);
      resolve(code ?? 1);
    });
  });
}
