import { Command, CommanderError } from "commander";
import { endingOf } from "./exit.ts";
import { verbs } from "./verbs.ts";

/**
 * The command tree; usage errors are thrown, not printed. Only the commands of the noun that `commandLine` begins with
 * are loaded (databases and servers take their time), all of them when it begins with none.
 */
export async function buildProgram(commandLine: readonly string[]): Promise<Command> {
  const program = new Command("cordon")
    .description("takes a service from “someone got in” to “all clear”")
    .exitOverride()
    .showSuggestionAfterError(false)
    .configureOutput({ outputError: () => undefined, writeErr: () => undefined })
    .helpCommand(false);
  const meant = verbs.filter(({ noun }) => noun === commandLine[0]);
  for (const { load } of meant.length === 0 ? verbs : meant) (await load())(program);
  return program;
}

/**
 * Runs one command line and sets the process's exit code. An action says "no" by throwing `NoAnswer`, or by setting
 * `process.exitCode` to 1 after it printed its answer.
 */
export async function run(commandLine: readonly string[]): Promise<void> {
  endQuietlyWithoutReader();
  try {
    const program = await buildProgram(commandLine);
    await program.parseAsync(commandLine, { from: "user" });
  } catch (error) {
    const { exitCode, line } = endingOf(error);
    process.exitCode = exitCode;
    if (line !== null) process.stderr.write(`${line}\n`);
    const debug = process.env["CORDON_DEBUG"];
    if (debug !== undefined && debug !== "" && !(error instanceof CommanderError)) console.error(error);
  }
}

/** `cordon … | head -1`: when nobody reads on, there is nothing left to do. */
function endQuietlyWithoutReader(): void {
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") throw error;
    process.exit();
  });
  process.stderr.on("error", () => undefined);
}
