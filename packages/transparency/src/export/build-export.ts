import type { JsonObject } from "@cordon/model";
import { encodeBase64 } from "../base64.ts";
import { encodeBundle } from "../entry-bundle.ts";
import { TransparencyError } from "../errors.ts";
import { eventText } from "../event-text.ts";
import { parseEntry } from "../journal-entry.ts";
import type { NoteSigner } from "../log-key.ts";
import { tilePath, tileWidth } from "../tile-path.ts";
import { formatProof } from "../tlog-proof.ts";
import { exportFiles, type ExportContent, type ExportedEntry } from "./export-content.ts";
import {
  encodeManifest,
  hexSha256,
  manifestEntry,
  manifestFile,
  manifestNoteFile,
  signManifest,
} from "./manifest.ts";
import { answerHex } from "./named-digests.ts";
import { packArchive, type ArchiveFile } from "./ustar.ts";
import { verifyExport } from "./verify-export.ts";

const json = (value: JsonObject): Uint8Array => Buffer.from(eventText(value), "utf8");

/**
 * A signed archive of an incident: a ustar file that the same content and key always give byte for byte. It is verified before
 * it is given out. Throws ERR_EXPORT_CONTENT for content that would not verify.
 */
export function buildExport(content: ExportContent, signer: NoteSigner): Uint8Array {
  const files = filesOf(content).toSorted((a, b) => (a.name < b.name ? -1 : 1));
  const { incident, exportedAtMs, logKey } = content;
  const manifest = encodeManifest({ incident, exportedAtMs, files: files.map(manifestEntry) });
  const archive = packArchive([
    { name: manifestNoteFile, bytes: signManifest(manifest, signer) },
    { name: manifestFile, bytes: manifest },
    ...files,
  ]);
  const { failure } = verifyExport(archive, { exportKey: signer.key, logKey });
  if (failure !== null) {
    const where = failure.name === null ? "" : `\`${failure.name}\`: `;
    throw new TransparencyError("ERR_EXPORT_CONTENT", `export would not verify: ${where}${failure.reason}`);
  }
  return archive;
}

function filesOf(content: ExportContent): ArchiveFile[] {
  const { logKey, checkpoint, entries, logEntries, answers, notices, veris } = content;
  return [
    { name: exportFiles.key, bytes: Buffer.from(`${logKey.line}\n`, "utf8") },
    { name: exportFiles.checkpoint, bytes: checkpoint },
    ...entries.flatMap((entry) => entryFiles(entry, checkpoint)),
    ...(logEntries === null ? [] : bundleFiles(logEntries)),
    ...answers.map((answer) => ({ name: exportFiles.answer(answerHex(answer)), bytes: json(answer) })),
    ...notices.map((notice) => ({ name: exportFiles.notice(hexSha256(json(notice))), bytes: json(notice) })),
    ...(veris === null ? [] : [{ name: exportFiles.veris, bytes: json(veris) }]),
  ];
}

function entryFiles({ entry, proof, opening }: ExportedEntry, checkpoint: Uint8Array): ArchiveFile[] {
  const { seq } = parseEntry(entry);
  const proven = formatProof({ extra: entry, index: seq, hashes: proof, checkpoint });
  const files = [
    { name: exportFiles.entry(seq), bytes: entry },
    { name: exportFiles.proof(seq), bytes: proven },
  ];
  if (opening === null) return files;
  const opened = json({ event: opening.event, salt: encodeBase64(opening.salt) });
  return [...files, { name: exportFiles.event(seq), bytes: opened }];
}

function bundleFiles(logEntries: readonly Uint8Array[]): ArchiveFile[] {
  const bundles = Math.ceil(logEntries.length / tileWidth);
  return Array.from({ length: bundles }, (_, index) => {
    const part = logEntries.slice(index * tileWidth, (index + 1) * tileWidth);
    return { name: tilePath("entries", index, part.length), bytes: encodeBundle(part) };
  });
}
