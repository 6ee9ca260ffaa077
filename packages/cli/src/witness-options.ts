import type { ForeignCheckpoint, Verification } from "@cordon/journal-postgres";
import {
  checkWitnessPolicy,
  openWitnessed,
  parseWitnessKey,
  TransparencyError,
  type VerifierKey,
  type WitnessPolicy,
} from "@cordon/transparency";
import { CliError } from "./cli-error.ts";
import { readInputFile } from "./input-file.ts";

export interface WitnessOptions {
  /** Files with one witness's vkey line each. */
  readonly witness?: readonly string[];
  readonly witnesses?: number;
}

/** Who must have cosigned a checkpoint of a log, and the second after which nobody can have. */
export interface Witnessing {
  readonly logKey: VerifierKey;
  readonly policy: WitnessPolicy;
  readonly nowSeconds: number;
}

const keyBytesMax = 4096;

/**
 * The witnesses that the options name: all of them must have cosigned, or `--witnesses`. null without `--witness`. Throws a
 * CliError for witnesses that can't be read or could not reach the number.
 */
export async function readWitnessing(
  options: WitnessOptions,
  logKey: VerifierKey | null,
): Promise<Witnessing | null> {
  const { witness: files, witnesses: threshold } = options;
  if (files === undefined) {
    if (threshold === undefined) return null;
    throw new CliError("ERR_CLI_USAGE", "--witnesses without --witness, expected the witnesses' keys");
  }
  if (logKey === null) {
    throw new CliError("ERR_CLI_USAGE", "--witness without --key, expected the key that the log must have");
  }
  const witnesses = await Promise.all(files.map(readWitnessKeyFile));
  const policy = { witnesses, threshold: threshold ?? witnesses.length };
  try {
    checkWitnessPolicy(policy, logKey);
  } catch (cause) {
    if (!(cause instanceof TransparencyError)) throw cause;
    throw new CliError("ERR_CLI_USAGE", `--witness: ${cause.message}`, { cause });
  }
  return { logKey, policy, nowSeconds: Math.floor(Date.now() / 1000) };
}

async function readWitnessKeyFile(file: string): Promise<ReturnType<typeof parseWitnessKey>> {
  const bytes = await readInputFile(
    file,
    keyBytesMax,
    "a witness's verifier key (one line `name+keyid+base64`)",
  );
  try {
    return parseWitnessKey(bytes.toString("utf8"));
  } catch (cause) {
    if (!(cause instanceof TransparencyError)) throw cause;
    throw new CliError("ERR_CLI_FILE", `${file}:1: ${cause.message}`, { cause });
  }
}

/** What is said of a log when, besides, each of these checkpoints must be a witnessed one. */
export function withWitnesses(
  verification: Verification,
  checkpoints: readonly ForeignCheckpoint[],
  { logKey, policy, nowSeconds }: Witnessing,
): Verification {
  if (verification.failure !== null) return verification;
  for (const { name, bytes } of checkpoints) {
    try {
      openWitnessed(bytes ?? new Uint8Array(), { logKey, policy, nowSeconds });
    } catch (error) {
      if (!(error instanceof TransparencyError)) throw error;
      return { ...verification, verified: false, failure: { path: name, seq: null, reason: error.message } };
    }
  }
  return verification;
}
