import {
  openCheckpoint,
  parseVerifierKey,
  sameBytes,
  type Checkpoint,
  type VerifierKey,
} from "@cordon/transparency";
import { keyFile } from "../log/journal-key.ts";
import { checkpointFile } from "../log/publish.ts";
import type { LogSource } from "./log-source.ts";
import { reasonOf, type Findings } from "./verification.ts";

/** Step 1: the log's key is there, is well-formed and is the pinned one. null when it is not. */
export async function checkKey(
  source: LogSource,
  pinned: VerifierKey | null,
  findings: Findings,
): Promise<VerifierKey | null> {
  const fail = (reason: string): null => {
    findings.add("key", { path: keyFile, seq: null, reason });
    return null;
  };
  const bytes = await source.read(keyFile);
  if (bytes === null) return fail("the log's key is missing");
  let key: VerifierKey;
  try {
    key = parseVerifierKey(Buffer.from(bytes).toString("utf8"));
  } catch (error) {
    return fail(reasonOf(error));
  }
  if (!sameBytes(bytes, Buffer.from(`${key.line}\n`, "utf8"))) return fail("the key is not exactly one line");
  if (pinned !== null && pinned.line !== key.line) {
    return fail(`the log's key \`${key.name}\` (${key.keyId}) is not the pinned one`);
  }
  return key;
}

/** Step 2: the newest checkpoint is there and signed by the key. null when it is not. */
export async function checkCheckpoint(
  source: LogSource,
  key: VerifierKey,
  findings: Findings,
): Promise<{ readonly checkpoint: Checkpoint; readonly bytes: Uint8Array } | null> {
  const fail = (reason: string): null => {
    findings.add("checkpoint", { path: checkpointFile, seq: null, reason });
    return null;
  };
  const bytes = await source.read(checkpointFile);
  if (bytes === null) return fail("the checkpoint is missing");
  try {
    return { checkpoint: openCheckpoint(bytes, key), bytes };
  } catch (error) {
    return fail(reasonOf(error));
  }
}
