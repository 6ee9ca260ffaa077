import { formatInstant } from "@cordon/model";
import { TransparencyError } from "../errors.ts";
import type { VerifierKey } from "../log-key.ts";
import { sameBytes } from "../merkle-hash.ts";
import { openWitnessed, type Cosigned, type WitnessPolicy } from "../witness/witnessed.ts";
import { checkBundles } from "./check-bundles.ts";
import { checkEntries, type OpenedEntries } from "./check-entries.ts";
import { exportBytesMax, exportFiles, exportFilesMax } from "./export-content.ts";
import {
  checkManifestNote,
  hexSha256,
  manifestFile,
  manifestNoteFile,
  parseManifest,
  readJson,
  type Manifest,
} from "./manifest.ts";
import { answerHex } from "./named-digests.ts";
import { unpackArchive, type ArchiveFile } from "./ustar.ts";

/** What is trusted. It comes from elsewhere, never from the archive. */
export interface ExportTrust {
  /** Who made the export. */
  readonly exportKey: VerifierKey;
  /** Whose log it is. */
  readonly logKey: VerifierKey;
  /** Witnesses that must have cosigned the checkpoint; without: none need have. */
  readonly witnesses?: WitnessPolicy;
  /** Seconds since the epoch: a later cosignature does not count. Without: at any time. */
  readonly nowSeconds?: number;
}

export interface ExportFailure {
  /** The file of the archive; null when it is the archive itself. */
  readonly name: string | null;
  readonly reason: string;
}

/** What an export shows. As long as `failure` is not null, nothing: the other fields say how far the check came. */
export interface ExportVerification {
  readonly verified: boolean;
  readonly incident: string | null;
  readonly exportedAt: string | null;
  /** Tree size of the checkpoint. */
  readonly logSize: number;
  readonly witnessedBy: readonly Cosigned[];
  readonly entries: number;
  readonly events: { readonly checked: number; readonly erased: number };
  readonly answers: number;
  readonly notices: number;
  /** True when the archive holds every entry of the log and none of the incident's is left out; null when that is not shown. */
  readonly complete: true | null;
  readonly failure: ExportFailure | null;
}

/** The name of the file that is being checked, so that a failure can tell it. */
interface Progress {
  name: string | null;
  seen: Partial<Omit<ExportVerification, "verified" | "failure">>;
}

/**
 * Checks an export with nothing but the archive and the keys, in this order: the archive's form, the manifest's signature, every
 * file against the manifest, the log's checkpoint and its witnesses, each entry with its proof and event, the other entries
 * of the log, answers and notices.
 */
export function verifyExport(archive: Uint8Array, trust: ExportTrust): ExportVerification {
  const progress: Progress = { name: null, seen: {} };
  let failure: ExportFailure | null = null;
  try {
    check(archive, trust, progress);
  } catch (error) {
    if (!(error instanceof TransparencyError)) throw error;
    failure = { name: progress.name, reason: error.message };
  }
  return {
    verified: failure === null,
    incident: null,
    exportedAt: null,
    logSize: 0,
    witnessedBy: [],
    entries: 0,
    events: { checked: 0, erased: 0 },
    answers: 0,
    notices: 0,
    complete: null,
    ...progress.seen,
    failure,
  };
}

function malformed(what: string): TransparencyError {
  return new TransparencyError("ERR_EXPORT_MALFORMED", what);
}

function check(archive: Uint8Array, trust: ExportTrust, progress: Progress): void {
  if (archive.length > exportBytesMax) {
    throw malformed(`archive of ${archive.length} bytes, expected at most ${exportBytesMax}`);
  }
  const [note, manifest, ...files] = unpackArchive(archive, exportFilesMax);
  if (note?.name !== manifestNoteFile || manifest?.name !== manifestFile) {
    throw malformed(`archive does not begin with \`${manifestNoteFile}\` and \`${manifestFile}\``);
  }
  progress.name = manifestNoteFile;
  checkManifestNote(note.bytes, manifest.bytes, trust.exportKey);
  progress.name = manifestFile;
  const told = parseManifest(manifest.bytes);
  progress.seen = { incident: told.incident, exportedAt: formatInstant(told.exportedAtMs) };
  checkFiles(told, files, progress);
  const byName = new Map(files.map(({ name, bytes }) => [name, bytes]));
  const checkpoint = checkHead(byName, trust, progress);
  const opened = checkEntries(byName, {
    checkpoint,
    incident: told.incident,
    visit: (name) => {
      progress.name = name;
    },
  });
  progress.seen = { ...progress.seen, entries: opened.seqs.size, events: opened.counts };
  progress.name = null;
  const complete = checkBundles(byName, { checkpoint, incident: told.incident, seqs: opened.seqs });
  progress.seen = { ...progress.seen, complete };
  checkDocuments(byName, opened, progress);
}

function checkFiles({ files: told }: Manifest, files: readonly ArchiveFile[], progress: Progress): void {
  for (const [i, { name, bytes }] of files.entries()) {
    progress.name = name;
    const entry = told[i];
    const before = told[i - 1]?.name;
    if (before !== undefined && before >= name)
      throw malformed(`stands behind \`${before}\`, expected by name`);
    if (entry?.name !== name)
      throw malformed(`the manifest lists \`${entry?.name ?? "nothing"}\` in its place`);
    if (entry.bytes !== bytes.length || entry.sha256 !== hexSha256(bytes)) {
      throw malformed("the manifest lists other bytes");
    }
  }
  progress.name = manifestFile;
  const missing = told[files.length];
  if (missing !== undefined) throw malformed(`\`${missing.name}\` is listed and not there`);
}

function checkHead(
  byName: ReadonlyMap<string, Uint8Array>,
  { logKey, witnesses, nowSeconds }: ExportTrust,
  progress: Progress,
): { readonly bytes: Uint8Array; readonly size: number; readonly root: Uint8Array } {
  progress.name = exportFiles.key;
  const line = byName.get(exportFiles.key) ?? new Uint8Array();
  if (!sameBytes(line, Buffer.from(`${logKey.line}\n`, "utf8"))) {
    throw malformed(`the log's key is not \`${logKey.name}\` (${logKey.keyId})`);
  }
  progress.name = exportFiles.checkpoint;
  const bytes = byName.get(exportFiles.checkpoint);
  if (bytes === undefined) throw malformed("the checkpoint is missing");
  const policy = witnesses ?? { witnesses: [], threshold: 0 };
  const opened = openWitnessed(bytes, { logKey, policy, nowSeconds: nowSeconds ?? null });
  progress.seen = { ...progress.seen, logSize: opened.size, witnessedBy: opened.witnessedBy };
  return { bytes, size: opened.size, root: opened.root };
}

/** Answers and notices are what events say they are; nothing else is in the archive. */
function checkDocuments(
  byName: ReadonlyMap<string, Uint8Array>,
  { digests, names }: OpenedEntries,
  progress: Progress,
): void {
  let answers = 0;
  let notices = 0;
  for (const [name, bytes] of byName) {
    if (names.has(name) || name === exportFiles.key || name === exportFiles.checkpoint) continue;
    if (name.startsWith("tile/entries/")) continue;
    progress.name = name;
    const document = readJson(name, bytes);
    if (name === exportFiles.veris) continue;
    const answer = exportFiles.answer(answerHex(document));
    const notice = exportFiles.notice(hexSha256(bytes));
    if (name !== answer && name !== notice) throw malformed("neither an answer nor a notice of that digest");
    if (name === answer && document["answerDigest"] !== `sha256:${answerHex(document)}`) {
      throw malformed("the answer names another digest than its own");
    }
    digests.check(name, name === answer ? answerHex(document) : hexSha256(bytes));
    if (name === answer) answers++;
    else notices++;
  }
  progress.seen = { ...progress.seen, answers, notices };
}
