import {
  addCosignatures,
  consistencyProof,
  formatAddCheckpoint,
  parseTreeSize,
  type WitnessKey,
} from "@cordon/transparency";
import { JournalError } from "../errors.ts";
import { tilesOf, type OpenLog } from "../prove-entry.ts";

/** Somebody who keeps an eye on the log (C2SP tlog-witness). */
export interface Witness {
  /** The submission prefix: `add-checkpoint` is appended to it. */
  readonly url: string;
  readonly key: WitnessKey;
}

interface AskedWitness {
  /** Tree size that the witness cosigned. */
  readonly size: number;
  /** Its signature lines, each with its newline. */
  readonly lines: string;
}

/** Longest that a witness is waited for, and the most that it may answer. */
const answerMs = 10_000;
const answerBytesMax = 64 * 1024;

/**
 * Asks a witness to cosign the newest checkpoint of a log. `knownSize` is what it cosigned last as far as is known; one that
 * knows another size is told from there (409). Throws ERR_JOURNAL_WITNESS when it refuses, does not answer in time or answers with
 * something else, and what reading the log throws.
 */
export async function askWitness(
  log: OpenLog,
  witness: Witness,
  given: { readonly knownSize: number; readonly fetch: typeof fetch; readonly signal: AbortSignal },
): Promise<AskedWitness> {
  let oldSize = given.knownSize;
  for (let attempt = 0; ; attempt++) {
    const { status, contentType, body } = await post(log, witness, { ...given, oldSize });
    if (status === 200) {
      const { checkpointBytes, checkpoint } = log;
      const cosigned = addCosignatures(checkpointBytes, body, witness.key);
      const lines = Buffer.from(cosigned.subarray(checkpointBytes.length)).toString("utf8");
      return { size: checkpoint.size, lines };
    }
    const text = body.toString("utf8");
    const told = contentType === "text/x.tlog.size" ? parseTreeSize(text.trimEnd()) : null;
    if (status !== 409 || told === null || told === oldSize || attempt > 0)
      throw refused(witness, `answers ${status}${told === null ? "" : ` (it knows size ${told})`}`);
    if (told > log.checkpoint.size) {
      throw refused(witness, `has cosigned ${told} entries of this log, which holds ${log.checkpoint.size}`);
    }
    oldSize = told;
  }
}

async function post(
  log: OpenLog,
  witness: Witness,
  given: { readonly oldSize: number; readonly fetch: typeof fetch; readonly signal: AbortSignal },
): Promise<{ readonly status: number; readonly contentType: string; readonly body: Buffer }> {
  const { oldSize } = given;
  const { size } = log.checkpoint;
  // From the empty tree nothing can be shown, and a tree needs no proof of itself.
  const proof = oldSize === 0 || oldSize >= size ? [] : await consistencyProof(oldSize, size, tilesOf(log));
  const request = formatAddCheckpoint({ oldSize, proof, checkpoint: log.checkpointBytes });
  try {
    const response = await given.fetch(`${witness.url.replace(/\/$/, "")}/add-checkpoint`, {
      method: "POST",
      body: Buffer.from(request),
      redirect: "error",
      signal: AbortSignal.any([given.signal, AbortSignal.timeout(answerMs)]),
    });
    const body = await readBody(response);
    const contentType = (response.headers.get("content-type") ?? "").split(";")[0] ?? "";
    return { status: response.status, contentType, body };
  } catch (cause) {
    if (cause instanceof JournalError) throw cause;
    const inner = cause instanceof Error && cause.cause instanceof Error ? cause.cause : cause;
    throw refused(
      witness,
      `does not answer: ${inner instanceof Error ? inner.message : String(inner)}`,
      cause,
    );
  }
}

async function readBody(response: Response): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  const body: AsyncIterable<Uint8Array> | null = response.body;
  for await (const chunk of body ?? []) {
    bytes += chunk.length;
    if (bytes > answerBytesMax) throw new Error(`an answer over ${answerBytesMax} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function refused({ key }: Witness, how: string, cause?: unknown): JournalError {
  return new JournalError("ERR_JOURNAL_WITNESS", `witness \`${key.name}\` ${how}`, { cause });
}
