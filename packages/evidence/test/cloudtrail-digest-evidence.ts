import { createHash } from "node:crypto";

import { packTrailFile, type TrailFile, type TrailKey } from "@cordon/testkit";
import { gunzipSync } from "node:zlib";

import {
  mayBeDigest,
  readDigest,
  readSignature,
  verifyDigests,
  type DigestEvidence,
  type DigestProof,
} from "../src/index.ts";

/** What a lake does with the files of a source: the content decides what is a signature, a digest or a log file. */
export function digestEvidence(files: readonly TrailFile[], keys: readonly TrailKey[]): DigestEvidence {
  const digests = [];
  const signatures = [];
  const logFiles = [];
  for (const file of files) {
    const { name } = file;
    const packed = packTrailFile(file);
    const bytes = name.endsWith(".gz") ? gunzipSync(packed) : packed;
    const signature = readSignature(bytes, name);
    const digest =
      signature === null && mayBeDigest(name, bytes.subarray(0, 4096)) ? readDigest(bytes, name) : null;
    if (signature !== null) signatures.push(signature);
    else if (digest !== null) digests.push(digest);
    else logFiles.push({ name, sha256: createHash("sha256").update(bytes).digest("hex") });
  }
  return { digests, signatures, logFiles, keys };
}

export function prove(files: readonly TrailFile[], ...keys: readonly TrailKey[]): DigestProof {
  return verifyDigests(digestEvidence(files, keys));
}

export function isProven({ proven }: DigestProof, atMs: number): boolean {
  return proven.some(({ fromUs, toUs }) => fromUs <= atMs * 1000 && atMs * 1000 < toUs);
}

/** The problems as one text, a line each. */
export function told({ problems }: DigestProof): string {
  return problems.map(({ text }) => text).join("\n");
}

export function base(name: string): string {
  return name.slice(name.lastIndexOf("/") + 1);
}

export function only(files: readonly TrailFile[], kind: TrailFile["kind"], hour: number): TrailFile {
  const found = files.find((file) => file.kind === kind && file.hour === hour);
  if (found === undefined) throw new Error(`no ${kind} in hour ${hour}`);
  return found;
}

export function without(files: readonly TrailFile[], ...lost: readonly TrailFile[]): TrailFile[] {
  return files.filter((file) => !lost.includes(file));
}

export function replaced(files: readonly TrailFile[], from: TrailFile, to: TrailFile): TrailFile[] {
  return files.map((file) => (file === from ? to : file));
}

export function withText(file: TrailFile, change: (text: string) => string): TrailFile {
  return { ...file, content: Buffer.from(change(Buffer.from(file.content).toString())) };
}
