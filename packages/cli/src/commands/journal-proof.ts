import { proveEntry } from "@cordon/journal-postgres";
import type { Command } from "commander";
import { asAnswer, journalPlace, seqArgument } from "../journal-options.ts";
import { noun } from "../noun.ts";
import { printJson, writeOut } from "../output.ts";
import { writeFileWhole } from "../write-file.ts";

interface ProofOptions {
  readonly home?: string;
  readonly out?: string;
  readonly json?: true;
}

export function registerJournalProof(program: Command): void {
  noun(program, "journal")
    .command("proof")
    .description("write a proof that an entry stands in the log, to be checked offline")
    .argument("<seq>", "the entry's number", seqArgument)
    .option("--home <dir>", "the home folder (default: CORDON_HOME or ./.cordon)")
    .option("--out <file>", "where to write it (default: stdout)")
    .option("--json", "print one JSON document (the proof itself as `proof`, unless --out)")
    .addHelpText("after", "\nExample:\n  cordon journal proof 12 --out entry-12.tlog-proof")
    .action(async (seq: number, options: ProofOptions) => {
      const proof = await proveEntry(journalPlace(options.home).home, seq).catch((error: unknown) => {
        throw asAnswer(error);
      });
      if (options.out !== undefined) await writeFileWhole(options.out, proof);
      if (options.json) {
        const text = Buffer.from(proof).toString("utf8");
        await printJson({ seq, ...(options.out === undefined ? { proof: text } : { out: options.out }) });
      } else if (options.out === undefined) {
        await writeOut(proof);
      }
    });
}
