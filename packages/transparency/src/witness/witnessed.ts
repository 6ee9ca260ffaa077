import { openCheckpoint, type Checkpoint } from "../checkpoint.ts";
import { TransparencyError } from "../errors.ts";
import type { VerifierKey } from "../log-key.ts";
import { parseNote } from "../signed-note.ts";
import { readVkey } from "../vkey.ts";
import { isOf, type WitnessKey } from "./cosignature.ts";

/** Witnesses to trust, so many of whom must have cosigned. */
export interface WitnessPolicy {
  readonly witnesses: readonly WitnessKey[];
  /** 0: none need have. */
  readonly threshold: number;
}

/** A witness that cosigned. */
export interface Cosigned {
  readonly name: string;
  /** Its latest cosignature on the checkpoint, seconds since the epoch. */
  readonly atSeconds: number;
}

export interface WitnessedCheckpoint extends Checkpoint {
  /** In the order of the policy. */
  readonly witnessedBy: readonly Cosigned[];
}

/**
 * Throws ERR_WITNESS_POLICY for a threshold that the witnesses can't reach or that is no count, and when one Ed25519 key
 * stands for two witnesses, which would let a single signer reach it alone (so would the log's own key).
 */
export function checkWitnessPolicy(policy: WitnessPolicy, logKey: VerifierKey): void {
  const { witnesses, threshold } = policy;
  if (!Number.isSafeInteger(threshold) || threshold < 0 || threshold > witnesses.length) {
    throw new TransparencyError(
      "ERR_WITNESS_POLICY",
      `threshold of ${threshold} among ${witnesses.length} witnesses, expected 0 to ${witnesses.length}`,
    );
  }
  const logPublicKey = readVkey(logKey.line, 1).publicKey.export({ format: "jwk" }).x;
  const seen = new Map<string, string>();
  for (const { name, publicKey } of witnesses) {
    const before = publicKey === logPublicKey ? logKey.name : seen.get(publicKey);
    if (before !== undefined) {
      throw new TransparencyError(
        "ERR_WITNESS_POLICY",
        `\`${name}\` has the key of \`${before}\`, expected a key of its own for each witness`,
      );
    }
    seen.set(publicKey, name);
  }
}

/**
 * The checkpoint that the log has signed and at least `threshold` of the witnesses have cosigned, not later than
 * `nowSeconds` (null: at any time; a cosignature from the future does not count). Signatures of other keys are ignored.
 * Throws ERR_WITNESS_POLICY, ERR_NOTE_SIGNATURE (also for a cosignature of a known witness that does not fit),
 * ERR_WITNESSES_MISSING, and what openCheckpoint throws.
 */
export function openWitnessed(
  bytes: Uint8Array,
  given: {
    readonly logKey: VerifierKey;
    readonly policy: WitnessPolicy;
    readonly nowSeconds: number | null;
  },
): WitnessedCheckpoint {
  const { logKey, policy, nowSeconds } = given;
  checkWitnessPolicy(policy, logKey);
  const checkpoint = openCheckpoint(bytes, logKey);
  const note = parseNote(bytes);
  const text = Buffer.from(note.text, "utf8");
  const witnessedBy = policy.witnesses.flatMap((key): Cosigned[] => {
    const times = note.signatures
      .filter((signature) => isOf(signature, key))
      .map(({ signature }) => {
        const atSeconds = key.cosignedAtSeconds(text, signature);
        if (atSeconds === null) {
          throw new TransparencyError(
            "ERR_NOTE_SIGNATURE",
            `cosignature of \`${key.name}\` does not fit the checkpoint`,
          );
        }
        return atSeconds;
      })
      .filter((atSeconds) => nowSeconds === null || atSeconds <= nowSeconds);
    return times.length === 0 ? [] : [{ name: key.name, atSeconds: Math.max(...times) }];
  });
  if (witnessedBy.length < policy.threshold) {
    throw new TransparencyError(
      "ERR_WITNESSES_MISSING",
      `checkpoint of ${checkpoint.size} entries is cosigned by ${witnessedBy.length} known witnesses, expected ${policy.threshold}`,
    );
  }
  return { ...checkpoint, witnessedBy };
}
