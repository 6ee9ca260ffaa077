import { decodeBase64, encodeBase64 } from "./base64.ts";
import { openCheckpoint, parseTreeSize, type Checkpoint } from "./checkpoint.ts";
import { TransparencyError } from "./errors.ts";
import { verifyInclusion } from "./inclusion-proof.ts";
import type { VerifierKey } from "./log-key.ts";
import { hashBytes, hashLeaf } from "./merkle-hash.ts";

const header = "c2sp.org/tlog-proof@v1";
/** A tree of 2⁶³ leaves has no longer path. */
const proofHashesMax = 63;

/** A proof that an entry is in a log (C2SP tlog-proof). */
export interface TlogProof {
  /** Opaque data that the proof itself does not authenticate; null when there is none. Cordon puts the entry's bytes here. */
  readonly extra: Uint8Array | null;
  readonly index: number;
  /** From the leaf's sibling up to the root's child. */
  readonly hashes: readonly Uint8Array[];
  /** The signed checkpoint, verbatim. */
  readonly checkpoint: Uint8Array;
}

export function formatProof(proof: TlogProof): Uint8Array {
  const lines = [
    header,
    ...(proof.extra === null ? [] : [`extra ${encodeBase64(proof.extra)}`]),
    `index ${proof.index}`,
    ...proof.hashes.map(encodeBase64),
    "",
    "",
  ];
  return Buffer.concat([Buffer.from(lines.join("\n"), "utf8"), proof.checkpoint]);
}

function malformed(what: string): TransparencyError {
  return new TransparencyError("ERR_PROOF_MALFORMED", `proof is malformed: ${what}`);
}

/** Takes a proof apart without trusting it. Throws ERR_PROOF_MALFORMED. */
export function parseProof(bytes: Uint8Array): TlogProof {
  const blank = Buffer.from(bytes).indexOf("\n\n");
  if (blank < 0) throw malformed("no blank line before the checkpoint");
  const lines = Buffer.from(bytes.subarray(0, blank)).toString("latin1").split("\n");
  const checkpoint = bytes.subarray(blank + 2);
  if (lines.shift() !== header) throw malformed(`expected \`${header}\` on its first line`);
  let extra: Uint8Array | null = null;
  if (lines[0]?.startsWith("extra ") === true) {
    extra = decodeBase64(lines.shift()?.slice("extra ".length) ?? "");
    if (extra === null) throw malformed("extra data is not base64");
  }
  const indexLine = lines.shift() ?? "";
  const index = indexLine.startsWith("index ") ? parseTreeSize(indexLine.slice("index ".length)) : null;
  if (index === null) throw malformed("no index");
  if (lines.length > proofHashesMax) throw malformed(`over ${proofHashesMax} hashes`);
  const hashes = lines.map((line) => {
    const hash = decodeBase64(line);
    if (hash?.length !== hashBytes) throw malformed("a hash is not base64 of 32 bytes");
    return hash;
  });
  return { extra, index, hashes, checkpoint };
}

/**
 * Checks offline that the entry in `extra` stands at the proof's index in the log of `key`. Throws ERR_PROOF_MISMATCH
 * and whatever its parts throw.
 */
export function openProof(
  bytes: Uint8Array,
  key: VerifierKey,
): { readonly index: number; readonly entry: Uint8Array; readonly checkpoint: Checkpoint } {
  const proof = parseProof(bytes);
  const checkpoint = openCheckpoint(proof.checkpoint, key);
  if (proof.extra === null) throw malformed("no extra data, expected the entry's bytes");
  const shown = verifyInclusion({
    leafHash: hashLeaf(proof.extra),
    index: proof.index,
    size: checkpoint.size,
    proof: proof.hashes,
    root: checkpoint.root,
  });
  if (!shown) {
    throw new TransparencyError(
      "ERR_PROOF_MISMATCH",
      `proof does not lead from entry ${proof.index} to the root of ${checkpoint.size} entries`,
    );
  }
  return { index: proof.index, entry: proof.extra, checkpoint };
}
