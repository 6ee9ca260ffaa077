import type { Command } from "commander";
import { checkRecipients, writeStream } from "../backup/age-stream.ts";
import { backUpData, keyParts } from "../backup/backup-parts.ts";
import { CliError } from "../cli-error.ts";
import { journalPlace } from "../journal-options.ts";
import { oneLine } from "../one-line.ts";
import { repeatedOption } from "../options.ts";
import { printJson, printLines } from "../output.ts";
import { refuseToOverwrite } from "../refuse-to-overwrite.ts";

interface BackupOptions {
  readonly out: string;
  readonly keys?: string;
  readonly recipient?: readonly string[];
  readonly home?: string;
  readonly json?: true;
}

export function registerBackup(program: Command): void {
  program
    .command("backup")
    .description("everything that a home and its database hold, as of one instant, while servers go on")
    .requiredOption("--out <file>", "the backup (tar), written whole or not at all")
    .option("--keys <file>", "HOME/keys and the operators' tokens, apart; needs --recipient")
    .option("--recipient <age1…>", "encrypt to it (age), several times", repeatedOption)
    .option("--home <dir>", "the home folder (default: CORDON_HOME or ./.cordon)")
    .option("--json", "print one JSON document")
    .addHelpText(
      "after",
      [
        "",
        "Without the keys a backup can't be restored: keep a copy of HOME/keys, or take --keys along.",
        "",
        "Example:",
        "  cordon backup --out cordon.tar.age --keys cordon-keys.tar.age --recipient age1…",
      ].join("\n"),
    )
    .action(async (options: BackupOptions) => {
      const { out, keys, recipient: recipients = [] } = options;
      if (keys !== undefined && recipients.length === 0)
        throw new CliError(
          "ERR_CLI_USAGE",
          "--keys without --recipient, expected whom to encrypt the keys to",
        );
      await checkRecipients(recipients);
      for (const file of keys === undefined ? [out] : [out, keys])
        await refuseToOverwrite(file, "a name that is free");
      const place = { ...journalPlace(options.home), takenAt: new Date().toISOString() };
      let bytes = 0;
      const { rows } = await backUpData(place, async (parts) => {
        bytes = await writeStream(out, parts, recipients);
      });
      if (keys !== undefined) await writeStream(keys, keyParts(place), recipients);
      const encrypted = recipients.length > 0;
      if (options.json) await printJson({ out, keys: keys ?? null, bytes, rows, encrypted });
      else
        await printLines(
          oneLine(`${out}: ${bytes} bytes, ${rows} rows${encrypted ? "" : ", not encrypted"}`),
        );
    });
}
