import { CordonError, formatInstant } from "@cordon/model";
import {
  openProof,
  openWitnessed,
  parseEntry,
  parseProof,
  type JournalEntry,
  type VerifierKey,
} from "@cordon/transparency";
import { verifyHome, verifyUrl, type ForeignCheckpoint, type Verification } from "@cordon/journal-postgres";
import type { Command } from "commander";
import { CliError, NoAnswer } from "../cli-error.ts";
import { readInputFile } from "../input-file.ts";
import { journalPlace, readVerifierKeyFile } from "../journal-options.ts";
import { noun } from "../noun.ts";
import { oneLine } from "../one-line.ts";
import { repeatedOption, wholeNumberOption } from "../options.ts";
import { printJson, printLines } from "../output.ts";
import { readWitnessing, withWitnesses, type Witnessing, type WitnessOptions } from "../witness-options.ts";

interface VerifyOptions extends WitnessOptions {
  readonly home?: string;
  readonly url?: string;
  readonly key?: string;
  readonly checkpoint?: readonly string[];
  readonly proof?: string;
  readonly json?: true;
}

const noteBytesMax = 1 << 20;

const examples = `
Examples:
  cordon journal verify --home .cordon --json
  cordon journal verify --url https://cordon.example/journal --key journal.vkey --checkpoint last-month
  cordon journal verify --key journal.vkey --checkpoint last-month --witness w1.vkey --witness w2.vkey --witnesses 1
  cordon journal verify --proof entry.tlog-proof --key journal.vkey`;

export function registerJournalVerify(program: Command): void {
  noun(program, "journal")
    .command("verify")
    .description("check that the journal was not rewritten: exit 0 when it was not, 1 when it was")
    .option("--home <dir>", "the home folder (default: CORDON_HOME or ./.cordon)")
    .option("--url <url>", "a log that a server shows, without its events; needs --key")
    .option("--key <file>", "the verifier key that the log must have")
    .option("--checkpoint <file>", "a checkpoint kept elsewhere, several times", repeatedOption)
    .option("--proof <file>", "check one entry's proof offline; needs --key")
    .option(
      "--witness <file>",
      "a witness who must have cosigned the checkpoints given, several times",
      repeatedOption,
    )
    .option("--witnesses <n>", "so many of them (default: all)", wholeNumberOption("--witnesses", 1))
    .option("--json", "print one JSON document")
    .addHelpText("after", examples)
    .action(async (options: VerifyOptions) => {
      if (options.proof !== undefined) await verifyProof(options.proof, options);
      else await verifyJournal(options);
    });
}

async function verifyJournal(options: VerifyOptions): Promise<void> {
  const pinnedKey = options.key === undefined ? null : await readVerifierKeyFile(options.key);
  const witnessing = await readWitnessing(options, pinnedKey);
  if (witnessing !== null && options.checkpoint === undefined) {
    throw usage("--witness without --checkpoint or --proof, expected the checkpoint that was cosigned");
  }
  const checkpoints = await Promise.all((options.checkpoint ?? []).map(readForeign));
  let verification: Verification;
  if (options.url === undefined) {
    verification = await verifyHome({ ...journalPlace(options.home), pinnedKey, checkpoints });
  } else {
    if (options.home !== undefined) throw usage("--url and --home exclude each other, expected one of them");
    if (pinnedKey === null) throw usage("--url without --key, expected the key that the log must have");
    if (!/^https?:\/\//.test(options.url) || !URL.canParse(options.url)) {
      throw usage(`--url: \`${options.url}\`, expected http:// or https://`);
    }
    verification = await verifyUrl({ url: options.url, pinnedKey, checkpoints, fetchFile: fetch });
  }
  if (witnessing !== null) verification = withWitnesses(verification, checkpoints, witnessing);
  if (options.json) await printJson(verification);
  const { failure } = verification;
  if (failure !== null) {
    const entry = failure.seq === null ? [] : [`entry ${failure.seq}`];
    const where = [...(failure.path === null ? [] : [failure.path]), ...entry];
    throw new NoAnswer(`not verified: ${[...where, failure.reason].join(": ")}`);
  }
  if (!options.json) await printLines(verifiedLine(verification));
}

function usage(message: string): CliError {
  return new CliError("ERR_CLI_USAGE", message);
}

/** A checkpoint that can't be read is a check that fails, not wrong input. */
async function readForeign(name: string): Promise<ForeignCheckpoint> {
  try {
    return { name, bytes: await readInputFile(name, noteBytesMax, "a checkpoint") };
  } catch (error) {
    if (error instanceof CliError) return { name, bytes: null };
    throw error;
  }
}

function verifiedLine({ entries, checkpoints, events, keyPinned }: Verification): string {
  const held = `${entries} entries, ${checkpoints} kept checkpoints`;
  const opened =
    events === null ? "events not looked at" : `${events.checked} events, ${events.erased} erased`;
  const pinned = keyPinned ? "with the key given" : "with the key found in it (give --key to pin one)";
  return `verified: ${held}, ${opened}, ${pinned}`;
}

async function verifyProof(file: string, options: VerifyOptions): Promise<void> {
  if (options.key === undefined)
    throw usage("--proof without --key, expected the key that the log must have");
  if (options.url !== undefined || options.home !== undefined || options.checkpoint !== undefined) {
    throw usage("--proof is checked on its own, expected --key and nothing else beside it");
  }
  const key = await readVerifierKeyFile(options.key);
  const witnessing = await readWitnessing(options, key);
  let proven: ProvenEntry;
  try {
    proven = readProof(await readInputFile(file, noteBytesMax, "a proof"), key, witnessing);
  } catch (error) {
    // A proof that can't be read proves nothing: that is an answer.
    if (!(error instanceof CordonError)) throw error;
    const reason = oneLine(error.message);
    if (options.json) {
      await printJson({ verified: false, keyPinned: true, failure: { path: file, seq: null, reason } });
    }
    throw new NoAnswer(`not verified: ${reason.startsWith(file) ? "" : `${file}: `}${reason}`, {
      cause: error,
    });
  }
  const { entry, json, entries } = proven;
  if (options.json) {
    await printJson({ verified: true, seq: entry.seq, entry: json, entries, keyPinned: true, failure: null });
  } else {
    const { seq, type, stream, atMs } = entry;
    await printLines(
      `verified: entry ${seq} of ${entries}, \`${type}\` of \`${stream}\`, ${formatInstant(atMs)}`,
    );
  }
}

interface ProvenEntry {
  readonly entry: JournalEntry;
  readonly json: unknown;
  /** Tree size of the checkpoint that the proof leads to. */
  readonly entries: number;
}

function readProof(bytes: Uint8Array, key: VerifierKey, witnessing: Witnessing | null): ProvenEntry {
  const { index, entry, checkpoint } = openProof(bytes, key);
  if (witnessing !== null) openWitnessed(parseProof(bytes).checkpoint, witnessing);
  const parsed = parseEntry(entry);
  if (parsed.seq !== index) throw new NoAnswer(`entry ${index} says that it is entry ${parsed.seq}`);
  return { entry: parsed, json: JSON.parse(Buffer.from(entry).toString("utf8")), entries: checkpoint.size };
}
