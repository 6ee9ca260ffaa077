import { parseCheckpoint, type Checkpoint } from "../checkpoint.ts";
import { verifyConsistency } from "../consistency-proof.ts";
import { TransparencyError } from "../errors.ts";
import type { VerifierKey } from "../log-key.ts";
import { emptyRoot, sameBytes } from "../merkle-hash.ts";
import { openNote, parseNote } from "../signed-note.ts";
import { parseAddCheckpoint, type AddCheckpoint } from "./add-checkpoint.ts";
import type { Cosigner } from "./cosignature.ts";

/** A log that a witness watches. */
export interface WatchedLog {
  /** The keys that may sign the log's checkpoints. */
  readonly keys: readonly VerifierKey[];
  /** What was cosigned last; null when nothing was. */
  readonly head: { readonly size: number; readonly root: Uint8Array } | null;
}

/** What a witness must keep between requests: the logs it watches, by origin. */
export type WitnessState = ReadonlyMap<string, WatchedLog>;

export interface WitnessAnswer {
  /** To be kept, durably and atomically with the check, before the answer is given: else two requests at once could roll it back. */
  readonly state: WitnessState;
  /** HTTP status (C2SP tlog-witness). */
  readonly status: 200 | 400 | 403 | 404 | 409 | 422;
  readonly contentType: "text/plain; charset=utf-8" | "text/x.tlog.size";
  readonly body: string;
}

class Refused extends Error {
  readonly status: Exclude<WitnessAnswer["status"], 200>;
  /** The size to tell instead of a reason. */
  readonly knownSize: number | null;

  constructor(status: Refused["status"], reason: string, knownSize: number | null = null) {
    super(reason);
    this.status = status;
    this.knownSize = knownSize;
  }
}

/**
 * One step of a witness: answers an add-checkpoint request (C2SP tlog-witness). It cosigns a checkpoint only when a
 * consistency proof shows the last one cosigned to be its beginning, so that it never signs both sides of a fork; what
 * it refuses leaves the state as it was. Checkpoints with extension lines are refused as malformed.
 */
export function answerAddCheckpoint(
  state: WitnessState,
  body: Uint8Array,
  given: { readonly cosigner: Cosigner; readonly timeSeconds: number },
): WitnessAnswer {
  try {
    const request = parseAddCheckpoint(body);
    const { text } = parseNote(request.checkpoint);
    const checkpoint = parseCheckpoint(text);
    const log = state.get(checkpoint.origin);
    if (log === undefined) throw new Refused(404, `no log \`${checkpoint.origin}\` is watched`);
    if (!log.keys.some((key) => isSigned(request.checkpoint, key))) {
      throw new Refused(403, "no signature of a trusted key verifies");
    }
    checkGrowth(log, request, checkpoint);
    const { size, root } = checkpoint;
    const next = new Map(state).set(checkpoint.origin, { ...log, head: { size, root } });
    const line = given.cosigner.cosign(text, given.timeSeconds);
    return { state: next, status: 200, contentType: "text/plain; charset=utf-8", body: line };
  } catch (error) {
    return { state, ...refusal(error) };
  }
}

function isSigned(checkpoint: Uint8Array, key: VerifierKey): boolean {
  try {
    openNote(checkpoint, key);
    return true;
  } catch (error) {
    if (error instanceof TransparencyError) return false;
    throw error;
  }
}

function checkGrowth(log: WatchedLog, { oldSize, proof }: AddCheckpoint, checkpoint: Checkpoint): void {
  const { size, root } = checkpoint;
  if (oldSize > size) throw new Refused(400, `old size ${oldSize} is above the checkpoint's ${size}`);
  const head = log.head ?? { size: 0, root: emptyRoot() };
  if (oldSize !== head.size) throw new Refused(409, "old size is not the last one cosigned", head.size);
  if (oldSize === 0) {
    // Nothing can be shown from the empty tree (RFC 9162 2.1.4): the first checkpoint is trusted as it is.
    if (proof.length > 0) throw new Refused(422, "a proof from size 0, expected none");
    if (size === 0 && !sameBytes(root, emptyRoot())) throw new Refused(422, "not the root of the empty tree");
    return;
  }
  if (oldSize === size && !sameBytes(root, head.root)) {
    throw new Refused(409, "another root was cosigned for this size");
  }
  if (!verifyConsistency({ size1: oldSize, size2: size, root1: head.root, root2: root, proof })) {
    throw new Refused(422, "the consistency proof does not verify");
  }
}

function refusal(error: unknown): Omit<WitnessAnswer, "state"> {
  if (error instanceof Refused) {
    const { status, knownSize, message } = error;
    if (knownSize !== null) return { status, contentType: "text/x.tlog.size", body: `${knownSize}\n` };
    return { status, contentType: "text/plain; charset=utf-8", body: `${message}\n` };
  }
  if (error instanceof TransparencyError) {
    return { status: 400, contentType: "text/plain; charset=utf-8", body: `${error.message}\n` };
  }
  throw error;
}
