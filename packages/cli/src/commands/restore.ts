import { mkdir, readdir } from "node:fs/promises";
import { verifyHome } from "@cordon/journal-postgres";
import type { Command } from "commander";
import { readStream } from "../backup/age-stream.ts";
import { restoreData, restoreKeys } from "../backup/restore-home.ts";
import { CliError, NoAnswer } from "../cli-error.ts";
import { journalPlace } from "../journal-options.ts";
import { oneLine } from "../one-line.ts";
import { printJson, printLines } from "../output.ts";

interface RestoreOptions {
  readonly keys?: string;
  readonly identity?: string;
  readonly home?: string;
  readonly json?: true;
}

export function registerRestore(program: Command): void {
  program
    .command("restore")
    .description("put a backup into an empty home and an empty database, and verify the journal there")
    .argument("<file>", "what `cordon backup` wrote")
    .option("--keys <file>", "the backup of the keys; without it HOME must hold `keys` and nothing else")
    .option("--identity <file>", "the age identity that they are encrypted to")
    .option("--home <dir>", "the home folder (default: CORDON_HOME or ./.cordon)")
    .option("--json", "print one JSON document")
    .addHelpText(
      "after",
      "\nExample:\n  cordon restore cordon.tar.age --keys cordon-keys.tar.age --identity key.txt --home restored",
    )
    .action(async (file: string, options: RestoreOptions) => {
      const place = journalPlace(options.home);
      const identity = options.identity ?? null;
      await checkEmpty(place.home, options.keys === undefined);
      const data = await readStream(file, identity);
      if (options.keys !== undefined)
        await restoreKeys(place.home, options.keys, await readStream(options.keys, identity));
      const { takenAt } = await restoreData(place, file, data);
      const verification = await verifyHome({ ...place, pinnedKey: null, checkpoints: [] });
      const { verified, entries, failure } = verification;
      if (options.json) await printJson({ home: place.home, takenAt, verified, entries, failure });
      if (failure !== null) throw new NoAnswer(oneLine(`restored, but not verified: ${failure.reason}`));
      if (!options.json)
        await printLines(oneLine(`${place.home}: as of ${takenAt}, ${entries} journal entries, verified`));
    });
}

async function checkEmpty(home: string, holdsKeys: boolean): Promise<void> {
  await mkdir(home, { recursive: true, mode: 0o700 });
  const names = (await readdir(home)).filter(
    (name) => !holdsKeys || (name !== "keys" && name !== "operators"),
  );
  if (names.length > 0) {
    const expected = holdsKeys ? "no more than `keys` and `operators` in it" : "an empty folder";
    throw new CliError("ERR_CLI_FILE", `${home}: holds \`${names[0] ?? ""}\`, expected ${expected}`);
  }
  if (holdsKeys && !(await readdir(home)).includes("keys"))
    throw new CliError(
      "ERR_CLI_USAGE",
      `${home}: holds no \`keys\`, expected --keys or a copy of HOME/keys in it`,
    );
}
