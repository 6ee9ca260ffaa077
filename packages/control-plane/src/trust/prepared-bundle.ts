import { readdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { addSignature, BundleError, bundleBytesMax, readLayout, type TrustRoot } from "@cordon/bundle";
import { JournalError } from "@cordon/journal-postgres";
import type { BundlePutInForce } from "@cordon/response";
import { sha256 } from "../bundle-keys.ts";
import type { Plane } from "../plane.ts";
import { preparedStream } from "../record/streams.ts";
import { plain } from "../run-command.ts";
import { writeWhole } from "../write-whole.ts";
import { isSignedEnough, keyIdOf } from "./bundle-trust.ts";
import { JointPrepared } from "./joint-prepared.ts";

/** A bundle that is built and recorded, and waits for the signatures that the trust root asks for. */
export interface PreparedBundle {
  /** As it would be put in force; `sha256` and `bytes` are of it with the control plane's signature alone. */
  readonly data: BundlePutInForce;
  /** SHA-256 of what is signed, hex: the same however many signatures there are. */
  readonly contentSha256: string;
  /** What it was built for (wanted-plans.ts). */
  readonly wanted: string;
  readonly atMs: number;
  readonly signatures: readonly PreparedSignature[];
}

export interface PreparedSignature {
  readonly by: string;
  readonly atMs: number;
  readonly keyId: string;
  /** Base64. */
  readonly value: string;
}

const prefix = "prepared-";

function folderOf(plane: Plane): string {
  return join(plane.home, "bundles");
}

function contentSha256Of(bytes: Uint8Array): string {
  return Buffer.from(sha256(readLayout(bytes, bundleBytesMax).signedPart)).toString("hex");
}

/** Puts a bundle to rest and on record, for signatures to be collected. It replaces the one that was prepared before. */
export async function prepareBundle(
  plane: Plane,
  built: { readonly bytes: Uint8Array; readonly data: BundlePutInForce; readonly wanted: string },
): Promise<void> {
  const { bytes, data, wanted } = built;
  const contentSha256 = contentSha256Of(bytes);
  const name = `${prefix}${contentSha256}`;
  const shared = new JointPrepared(plane.journal.pool);
  await writeWhole(folderOf(plane), name, bytes);
  // Before the journal names it, so that every server that hears of it finds it.
  await shared.put(contentSha256, bytes);
  try {
    await plane.journal.append(preparedStream, plane.record.streamVersion(preparedStream), [
      { type: "bundle-prepared", data: plain({ bundle: data, contentSha256, wanted }) },
    ]);
  } catch (error) {
    // Another control plane prepared one, or somebody signed meanwhile: what is left to do is looked at again.
    if (!(error instanceof JournalError) || error.code !== "ERR_JOURNAL_CONFLICT") throw error;
  }
  await plane.record.catchUp();
  const kept = plane.record.prepared()?.contentSha256 ?? "";
  await shared.keepOnly(kept);
  for (const other of await readdir(folderOf(plane))) {
    if (other.startsWith(prefix) && other !== `${prefix}${kept}`)
      await rm(join(folderOf(plane), other), { force: true });
  }
}

/**
 * The prepared bytes with the control plane's signature, from this home or, where another server has prepared them, from the database;
 * null when they are lost or changed.
 */
export async function preparedBytes(plane: Plane, prepared: PreparedBundle): Promise<Uint8Array | null> {
  const { contentSha256 } = prepared;
  const own = await ownBytes(plane, contentSha256);
  if (own !== null && isContent(own, contentSha256)) return own;
  const joint = await new JointPrepared(plane.journal.pool).get(contentSha256);
  return joint !== null && isContent(joint, contentSha256) ? joint : null;
}

async function ownBytes(plane: Plane, contentSha256: string): Promise<Uint8Array | null> {
  try {
    return await readFile(join(folderOf(plane), `${prefix}${contentSha256}`));
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return null;
    throw error;
  }
}

/** False also for bytes that are no bundle any more: who can write to the database or the disk is not believed. */
function isContent(bytes: Uint8Array, contentSha256: string): boolean {
  try {
    return contentSha256Of(bytes) === contentSha256;
  } catch (error) {
    if (error instanceof BundleError) return false;
    throw error;
  }
}

/** The bundle with every recorded signature once points would take it; `waits` before, `lost` when its bytes are. */
export async function preparedIfSigned(
  plane: Plane,
  prepared: PreparedBundle,
  root: TrustRoot,
): Promise<Uint8Array | "waits" | "lost"> {
  let bytes = await preparedBytes(plane, prepared);
  if (bytes === null) return "lost";
  for (const { keyId, value } of prepared.signatures) {
    const publicKey = root.bundleKeys.find((key) => keyIdOf(key) === keyId);
    // A key that a newer trust root has taken away counts no longer.
    if (publicKey === undefined) continue;
    bytes = addSignature(
      bytes,
      { publicKey, signature: Buffer.from(value, "base64") },
      { sha256, bundleBytesMax },
    );
  }
  return isSignedEnough(bytes, root) ? bytes : "waits";
}
