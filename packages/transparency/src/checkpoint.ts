import { decodeBase64, encodeBase64 } from "./base64.ts";
import { TransparencyError } from "./errors.ts";
import type { NoteSigner, VerifierKey } from "./log-key.ts";
import { hashBytes } from "./merkle-hash.ts";
import { openNote, signNote } from "./signed-note.ts";

/** The head of a log's tree (C2SP tlog-checkpoint). */
export interface Checkpoint {
  readonly origin: string;
  readonly size: number;
  readonly root: Uint8Array;
}

/** A decimal number without leading zeros that is exact in JavaScript; null for anything else. */
export function parseTreeSize(text: string): number | null {
  if (!/^(0|[1-9]\d{0,15})$/.test(text)) return null;
  const size = Number(text);
  return Number.isSafeInteger(size) ? size : null;
}

/**
 * The checkpoint in the text of a note. Cordon's logs have no extension lines, which no monitor could audit, so a
 * checkpoint with some is malformed. Throws ERR_CHECKPOINT_MALFORMED.
 */
export function parseCheckpoint(text: string): Checkpoint {
  const [origin, sizeText, rootText, end, ...extensions] = text.split("\n");
  const size = sizeText === undefined ? null : parseTreeSize(sizeText);
  const root = rootText === undefined ? null : decodeBase64(rootText);
  if (origin === undefined || origin === "" || size === null || root?.length !== hashBytes) {
    throw new TransparencyError(
      "ERR_CHECKPOINT_MALFORMED",
      "checkpoint is malformed, expected origin, tree size and root hash",
    );
  }
  if (end !== "" || extensions.length > 0) {
    throw new TransparencyError("ERR_CHECKPOINT_MALFORMED", "checkpoint has extension lines, expected none");
  }
  return { origin, size, root };
}

/** The checkpoint that `key` has signed; its origin is the key's name. Throws what openNote and parseCheckpoint throw, and ERR_CHECKPOINT_ORIGIN. */
export function openCheckpoint(bytes: Uint8Array, key: VerifierKey): Checkpoint {
  const checkpoint = parseCheckpoint(openNote(bytes, key));
  if (checkpoint.origin !== key.name) {
    throw new TransparencyError(
      "ERR_CHECKPOINT_ORIGIN",
      `checkpoint of \`${checkpoint.origin}\`, expected \`${key.name}\``,
    );
  }
  return checkpoint;
}

/** The signed checkpoint of a tree; the origin is the signer's name. */
export function signCheckpoint(head: Omit<Checkpoint, "origin">, signer: NoteSigner): Uint8Array {
  return signNote(`${signer.key.name}\n${head.size}\n${encodeBase64(head.root)}\n`, signer);
}
