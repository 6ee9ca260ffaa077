import { randomBytes } from "node:crypto";
import { JournalError } from "@cordon/journal-postgres";
import { TransparencyError, parseVerifierKey, type VerifierKey } from "@cordon/transparency";
import { CliError, NoAnswer } from "./cli-error.ts";
import { resolveHome } from "./home.ts";
import { readInputFile } from "./input-file.ts";

const keyBytesMax = 4096;

/** The journal that a command works on: HOME and the database that belongs to it. */
interface JournalPlace {
  readonly home: string;
  readonly databaseUrl: string | null;
  readonly randomBytes: (count: number) => Uint8Array;
}

export function journalPlace(homeOption: string | undefined): JournalPlace {
  endAtSignals();
  const url = process.env["DATABASE_URL"];
  const databaseUrl = url === undefined || url === "" ? null : url;
  return { home: resolveHome(homeOption), databaseUrl, randomBytes: (count) => randomBytes(count) };
}

const signalNumbers = { SIGHUP: 1, SIGINT: 2, SIGTERM: 15 } as const;

/** An interrupted command ends by `exit`, so that what it started is told to end as well. */
function endAtSignals(): void {
  for (const [signal, number] of Object.entries(signalNumbers)) {
    if (process.listenerCount(signal) === 0) process.once(signal, () => process.exit(128 + number));
  }
}

/** For commander: a seq of the log. */
export function seqArgument(text: string): number {
  const seq = /^(0|[1-9]\d{0,15})$/.test(text) ? Number(text) : NaN;
  if (Number.isSafeInteger(seq)) return seq;
  throw new CliError("ERR_CLI_USAGE", `\`${text}\` is no entry, expected its number from 0 on`);
}

/** A file with one vkey line. Throws a CliError when it can't be read or holds none. */
export async function readVerifierKeyFile(file: string): Promise<VerifierKey> {
  const expected = "a verifier key (one line `name+keyid+base64`)";
  const bytes = await readInputFile(file, keyBytesMax, expected);
  try {
    return parseVerifierKey(bytes.toString("utf8"));
  } catch (cause) {
    if (!(cause instanceof TransparencyError)) throw cause;
    throw new CliError("ERR_CLI_FILE", `${file}:1: ${cause.message}`, { cause });
  }
}

/** A journal that was changed is the answer "no", not wrong input. */
export function asAnswer(error: unknown): unknown {
  const changed =
    error instanceof TransparencyError ||
    (error instanceof JournalError && error.code === "ERR_JOURNAL_TAMPERED");
  if (!changed) return error;
  return new NoAnswer(error.message, { ...(error.hint === null ? {} : { hint: error.hint }), cause: error });
}
