import { verifyExport, type ExportVerification } from "@cordon/transparency";
import type { Command } from "commander";
import { NoAnswer } from "../cli-error.ts";
import { readInputFile } from "../input-file.ts";
import { readVerifierKeyFile } from "../journal-options.ts";
import { noun } from "../noun.ts";
import { oneLine } from "../one-line.ts";
import { repeatedOption, wholeNumberOption } from "../options.ts";
import { printJson, printLines } from "../output.ts";
import { readWitnessing, type WitnessOptions } from "../witness-options.ts";

interface VerifyOptions extends WitnessOptions {
  readonly key: string;
  readonly json?: true;
}

const exportBytesMax = 1 << 29;

export function registerIncidentVerifyExport(program: Command): void {
  noun(program, "incident")
    .command("verify-export")
    .description("check an incident export offline: exit 0 when it holds, 1 when it does not")
    .argument("<file>", "what `cordon incident export` wrote")
    .requiredOption(
      "--key <file>",
      "the journal's verifier key (HOME/journal/key), from elsewhere than the archive",
    )
    .option(
      "--witness <file>",
      "a witness who must have cosigned its checkpoint, several times",
      repeatedOption,
    )
    .option("--witnesses <n>", "so many of them (default: all)", wholeNumberOption("--witnesses", 1))
    .option("--json", "print one JSON document")
    .addHelpText(
      "after",
      "\nExample:\n  cordon incident verify-export inc-0f3a.tar --key journal.vkey --json",
    )
    .action(async (file: string, options: VerifyOptions) => {
      const key = await readVerifierKeyFile(options.key);
      const witnessing = await readWitnessing(options, key);
      const archive = await readInputFile(file, exportBytesMax, "an incident export");
      const verification = verifyExport(archive, {
        exportKey: key,
        logKey: key,
        ...(witnessing === null ? {} : { witnesses: witnessing.policy, nowSeconds: witnessing.nowSeconds }),
      });
      if (options.json) await printJson(verification);
      const { failure } = verification;
      if (failure !== null) {
        const where = failure.name === null ? "" : `${failure.name}: `;
        throw new NoAnswer(oneLine(`not verified: ${where}${failure.reason}`));
      }
      if (!options.json) await printLines(oneLine(verifiedLine(verification)));
    });
}

function verifiedLine({ incident, entries, events, answers, notices, complete }: ExportVerification): string {
  const whole = complete === true ? "none left out" : "whether some were left out is not shown";
  return `verified: ${incident ?? ""}, ${entries} entries (${whole}), ${events.checked} events, ${events.erased} erased, ${answers} answers, ${notices} notices`;
}
