import { showEntries, type ShownEntry } from "@cordon/journal-postgres";
import { parseEntry } from "@cordon/transparency";
import { formatInstant } from "@cordon/model";
import type { Command } from "commander";
import { CliError } from "../cli-error.ts";
import { asAnswer, journalPlace, seqArgument } from "../journal-options.ts";
import { noun } from "../noun.ts";
import { printLines, writeOut } from "../output.ts";

interface ShowOptions {
  readonly home?: string;
  readonly all?: true;
  readonly json?: true;
}

export function registerJournalShow(program: Command): void {
  noun(program, "journal")
    .command("show")
    .description("show entries with what opens them: salt and event")
    .argument("[seq...]", "the entries' numbers", (text: string, earlier: readonly number[] | undefined) => [
      ...(earlier ?? []),
      seqArgument(text),
    ])
    .option("--all", "every entry, in order")
    .option("--home <dir>", "the home folder (default: CORDON_HOME or ./.cordon)")
    .option("--json", "print a JSON document a line: entry, salt, event")
    .addHelpText("after", "\nExample:\n  cordon journal show 12 13 --json")
    .action(async (seqs: readonly number[] | undefined, options: ShowOptions) => {
      const given = seqs ?? [];
      if (given.length > 0 === (options.all === true)) {
        throw new CliError("ERR_CLI_USAGE", "which entries is not said, expected their numbers or --all");
      }
      const print = options.json ? printJsonLine : printForPeople;
      try {
        const shown = showEntries({ ...journalPlace(options.home), seqs: options.all ? "all" : given });
        for await (const entry of shown) await print(entry);
      } catch (error) {
        throw asAnswer(error);
      }
    });
}

/** Entry and event go out as the very text that is hashed. */
async function printJsonLine({ entry, salt, event, erasedBy }: ShownEntry): Promise<void> {
  const erased = erasedBy === null ? "" : `,"erasedBy":${erasedBy}`;
  const saltText = salt === null ? "null" : `"${salt}"`;
  await writeOut(`{"entry":${entry},"salt":${saltText},"event":${event ?? "null"}${erased}}\n`);
}

async function printForPeople({ entry, event, erasedBy }: ShownEntry): Promise<void> {
  const { seq, atMs, type, stream } = parseEntry(Buffer.from(entry, "utf8"));
  const what = erasedBy === null ? (event ?? "(missing)") : `(erased by entry ${erasedBy})`;
  await printLines(`${seq}  ${formatInstant(atMs)}  ${stream}  ${type}  ${what}`);
}
