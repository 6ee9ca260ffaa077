import { digestLimits, digestOfSignature, mayBeDigest, readDigest, readSignature } from "@cordon/evidence";

import { unpackFile } from "../unpack-file.ts";
import type { EvidenceFile } from "./evidence-files.ts";

/** How much of a file tells that it surely is no digest. */
const headBytes = 64 * 1024;

/** The bytes of a CloudTrail digest or of a signature beside one; null for a file of logs. */
export async function digestBytes(file: EvidenceFile): Promise<Buffer | null> {
  if (digestOfSignature(file.name) !== null && file.bytes <= digestLimits.signatureBytes) {
    const bytes = await beginning(file, digestLimits.signatureBytes + 1);
    if (readSignature(bytes, file.name) !== null) return bytes;
  }
  if (!mayBeDigest(file.name, await beginning(file, headBytes))) return null;
  const bytes = await beginning(file, digestLimits.documentBytes + 1);
  return readDigest(bytes, file.name) === null ? null : bytes;
}

async function beginning({ file }: EvidenceFile, bytesMax: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of unpackFile(file)) {
    chunks.push(chunk);
    bytes += chunk.length;
    if (bytes >= bytesMax) break;
  }
  return Buffer.concat(chunks).subarray(0, bytesMax);
}
