import { existsSync } from "node:fs";
import path from "node:path";
import { JournalError, openJournal } from "@cordon/journal-postgres";
import type { Command } from "commander";
import { CliError } from "../cli-error.ts";
import { asAnswer, journalPlace, seqArgument } from "../journal-options.ts";
import { noun } from "../noun.ts";
import { printJson, printLines } from "../output.ts";

interface EraseOptions {
  readonly reason: string;
  readonly home?: string;
  readonly json?: true;
}

export function registerJournalErase(program: Command): void {
  noun(program, "journal")
    .command("erase")
    .description("erase an entry's event and salt; the log goes on to verify, and says that it was done")
    .argument("<seq>", "the entry's number", seqArgument)
    .requiredOption("--reason <text>", "why; it stays in the journal and must not say what was erased")
    .option("--home <dir>", "the home folder (default: CORDON_HOME or ./.cordon)")
    .option("--json", "print one JSON document")
    .addHelpText(
      "after",
      '\nExample:\n  cordon journal erase 12 --reason "request of the person concerned, 2014-06-30"',
    )
    .action(async (seq: number, options: EraseOptions) => {
      const place = journalPlace(options.home);
      const folder = path.join(place.home, "journal");
      if (!existsSync(folder)) {
        throw new CliError(
          "ERR_CLI_FILE",
          `${folder}: no such folder, expected the journal of a home that was used`,
        );
      }
      try {
        const journal = await openJournal({ ...place, clock: Date.now, stopEmbedded: "when-started" });
        try {
          const { firstSeq, treeSize } = await journal.erase(seq, options.reason);
          if (options.json) await printJson({ seq, erasedBy: firstSeq, entries: treeSize });
          else await printLines(`erased: event ${seq}, by entry ${firstSeq}`);
        } finally {
          await journal.close();
        }
      } catch (error) {
        throw error instanceof JournalError && error.code === "ERR_JOURNAL_EVENT"
          ? usage(error)
          : asAnswer(error);
      }
    });
}

function usage(error: JournalError): CliError {
  return new CliError("ERR_CLI_USAGE", `--reason: ${error.message}`, { cause: error });
}
