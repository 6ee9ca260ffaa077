import { decodeBase64, encodeBase64 } from "../base64.ts";
import { parseTreeSize } from "../checkpoint.ts";
import { TransparencyError } from "../errors.ts";
import { hashBytes } from "../merkle-hash.ts";
import { parseNote } from "../signed-note.ts";
import { isOf, type WitnessKey } from "./cosignature.ts";

/** C2SP tlog-witness: a client must not send more. */
const proofHashesMax = 63;

/** What a log asks of a witness (C2SP tlog-witness, add-checkpoint). */
export interface AddCheckpoint {
  /** Tree size of the checkpoint that the witness cosigned last; 0: none. */
  readonly oldSize: number;
  /** Consistency of the old size with the checkpoint's. */
  readonly proof: readonly Uint8Array[];
  /** The signed checkpoint, verbatim. */
  readonly checkpoint: Uint8Array;
}

/** The body of a POST to `<submission prefix>/add-checkpoint`. */
export function formatAddCheckpoint({ oldSize, proof, checkpoint }: AddCheckpoint): Uint8Array {
  const lines = [`old ${oldSize}`, ...proof.map(encodeBase64), "", ""];
  return Buffer.concat([Buffer.from(lines.join("\n"), "utf8"), checkpoint]);
}

function malformed(what: string): TransparencyError {
  return new TransparencyError("ERR_ADD_CHECKPOINT", `add-checkpoint request is malformed: ${what}`);
}

/** Takes a request apart without trusting it. Throws ERR_ADD_CHECKPOINT. */
export function parseAddCheckpoint(body: Uint8Array): AddCheckpoint {
  const blank = Buffer.from(body).indexOf("\n\n");
  if (blank < 0) throw malformed("no blank line before the checkpoint");
  const [old = "", ...hashes] = Buffer.from(body.subarray(0, blank)).toString("latin1").split("\n");
  const oldSize = old.startsWith("old ") ? parseTreeSize(old.slice("old ".length)) : null;
  if (oldSize === null) throw malformed("no old size");
  if (hashes.length > proofHashesMax) throw malformed(`over ${proofHashesMax} hashes`);
  const proof = hashes.map((line) => {
    const hash = decodeBase64(line);
    if (hash?.length !== hashBytes) throw malformed("a hash is not base64 of 32 bytes");
    return hash;
  });
  return { oldSize, proof, checkpoint: body.subarray(blank + 2) };
}

/**
 * The checkpoint with the cosignatures that a witness answered with, added behind its own signatures. Only lines of
 * `key` are taken; a line that stands there already is not added again. Throws ERR_NOTE_MALFORMED for an answer that is
 * no list of signature lines, ERR_NOTE_UNSIGNED when none is of this key and ERR_NOTE_SIGNATURE when one does not fit.
 */
export function addCosignatures(checkpoint: Uint8Array, answer: Uint8Array, key: WitnessKey): Uint8Array {
  const { text } = parseNote(checkpoint);
  // Behind the text alone, the answer must be a note of its own: so no line of it can pass for text.
  const cosigned = parseNote(Buffer.concat([Buffer.from(`${text}\n`, "utf8"), answer]));
  if (cosigned.text !== text) {
    throw new TransparencyError(
      "ERR_NOTE_MALFORMED",
      "answer of the witness has a blank line, expected signature lines",
    );
  }
  const own = cosigned.signatures.filter((signature) => isOf(signature, key));
  if (own.length === 0) {
    throw new TransparencyError(
      "ERR_NOTE_UNSIGNED",
      `answer has no cosignature of \`${key.name}\` (${key.keyId})`,
    );
  }
  const bytes = Buffer.from(text, "utf8");
  if (own.some(({ signature }) => key.cosignedAtSeconds(bytes, signature) === null)) {
    throw new TransparencyError(
      "ERR_NOTE_SIGNATURE",
      `cosignature of \`${key.name}\` does not fit the checkpoint`,
    );
  }
  const present = new Set(Buffer.from(checkpoint).toString("utf8").split("\n"));
  const lines = own
    .map(
      ({ name, keyId, signature }) =>
        `— ${name} ${encodeBase64(Buffer.concat([Buffer.from(keyId, "hex"), signature]))}`,
    )
    .filter((line) => !present.has(line));
  return Buffer.concat([checkpoint, Buffer.from(lines.map((line) => `${line}\n`).join(""), "utf8")]);
}
