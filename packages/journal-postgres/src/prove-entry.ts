import path from "node:path";
import {
  decodeBundle,
  decodeTile,
  formatProof,
  fullTiles,
  inclusionProof,
  openCheckpoint,
  openProof,
  parseVerifierKey,
  tilePath,
  tileWidth,
  widthOfTile,
  type Checkpoint,
  type ReadTile,
  type VerifierKey,
} from "@cordon/transparency";
import { JournalError } from "./errors.ts";
import { keyFile } from "./log/journal-key.ts";
import { LogFolder } from "./log/log-folder.ts";
import { checkpointFile } from "./log/publish.ts";

/** The log of a home as its newest checkpoint has it. */
export interface OpenLog {
  readonly log: LogFolder;
  readonly key: VerifierKey;
  readonly checkpoint: Checkpoint;
  readonly checkpointBytes: Uint8Array;
}

/** Opens HOME/journal for reading. Throws ERR_JOURNAL_ABSENT where there is none. */
export async function openLog(home: string): Promise<OpenLog> {
  const log = new LogFolder(path.join(path.resolve(home), "journal"));
  const [keyBytes, checkpointBytes] = await Promise.all([log.read(keyFile), log.read(checkpointFile)]);
  if (keyBytes === null || checkpointBytes === null) {
    throw new JournalError(
      "ERR_JOURNAL_ABSENT",
      `\`${log.folder}\` holds no journal, expected \`key\` and \`checkpoint\` in it`,
    );
  }
  const key = parseVerifierKey(Buffer.from(keyBytes).toString("utf8"));
  return { log, key, checkpoint: openCheckpoint(checkpointBytes, key), checkpointBytes };
}

/** Throws ERR_JOURNAL_ABSENT for a seq that the log does not hold. */
export function checkHeld(seq: number, { checkpoint }: OpenLog): void {
  if (seq < checkpoint.size) return;
  throw new JournalError(
    "ERR_JOURNAL_ABSENT",
    `the journal holds no entry ${seq}, expected 0 to ${checkpoint.size - 1}`,
  );
}

/** The bytes of entries of one bundle of the log. Throws ERR_JOURNAL_TAMPERED when the bundle is missing. */
export async function readBundle(
  { log, checkpoint }: OpenLog,
  bundle: number,
): Promise<readonly Uint8Array[]> {
  return readTileFile(log, "entries", bundle, widthOfTile(0, bundle, checkpoint.size), decodeBundle);
}

/** Reads the tiles of a log. Throws ERR_JOURNAL_TAMPERED for one that is missing. */
export function tilesOf({ log }: OpenLog): ReadTile {
  return (level, index, width) => readTileFile(log, level, index, width, decodeTile);
}

async function readTileFile(
  log: LogFolder,
  level: number | "entries",
  index: number,
  width: number,
  decode: (bytes: Uint8Array, width: number) => readonly Uint8Array[],
): Promise<readonly Uint8Array[]> {
  const partial = await log.read(tilePath(level, index, width));
  if (partial !== null) return decode(partial, width);
  // It may have become full since the checkpoint was read.
  const full = await log.read(tilePath(level, index));
  if (full !== null) return decode(full, tileWidth).slice(0, width);
  throw new JournalError(
    "ERR_JOURNAL_TAMPERED",
    `\`${tilePath(level, index, width)}\` is missing from the journal`,
    {
      hint: "`cordon journal verify` says what was changed",
    },
  );
}

/**
 * A tlog-proof that entry `seq` stands in the log of HOME, against its newest checkpoint as it stands, with the entry's
 * bytes as `extra`. It is checked before it is given out. Throws ERR_JOURNAL_ABSENT, ERR_JOURNAL_TAMPERED and a
 * TransparencyError when the log's files do not lead to a proof.
 */
export async function proveEntry(home: string, seq: number): Promise<Uint8Array> {
  const open = await openLog(home);
  checkHeld(seq, open);
  const { key, checkpoint, checkpointBytes } = open;
  const entries = await readBundle(open, Math.floor(seq / tileWidth));
  const proof = formatProof({
    extra: entries[seq % tileWidth] ?? null,
    index: seq,
    hashes: await inclusionProof(seq, checkpoint.size, tilesOf(open)),
    checkpoint: checkpointBytes,
  });
  openProof(proof, key);
  return proof;
}

/** How many bundles the log of a home has. */
export function bundleCount({ checkpoint }: OpenLog): number {
  const full = fullTiles(0, checkpoint.size);
  return checkpoint.size % tileWidth === 0 ? full : full + 1;
}
