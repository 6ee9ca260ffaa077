export { TransparencyError, type TransparencyErrorCode } from "./errors.ts";
export { decodeBase64, encodeBase64 } from "./base64.ts";
export { emptyRoot, hashBytes, hashLeaf, hashNode, sameBytes, sha256 } from "./merkle-hash.ts";
export { GrowingTree, type FullTile } from "./growing-tree.ts";
export {
  fullTiles,
  partialWidth,
  tileLevels,
  tilePath,
  tileWidth,
  widthOfTile,
  type TileLevel,
} from "./tile-path.ts";
export { decodeTile, encodeTile } from "./tile.ts";
export { decodeBundle, encodeBundle, entryBytesMax } from "./entry-bundle.ts";
export type { ReadTile } from "./tile-reader.ts";
export { inclusionProof, verifyInclusion } from "./inclusion-proof.ts";
export { consistencyProof, verifyConsistency } from "./consistency-proof.ts";
export { noteSigner, parseVerifierKey, type NoteSigner, type VerifierKey } from "./log-key.ts";
export { isKeyName } from "./vkey.ts";
export { openNote, parseNote, signNote, type NoteSignature, type SignedNote } from "./signed-note.ts";
export {
  openCheckpoint,
  parseCheckpoint,
  parseTreeSize,
  signCheckpoint,
  type Checkpoint,
} from "./checkpoint.ts";
export { formatProof, openProof, parseProof, type TlogProof } from "./tlog-proof.ts";
export {
  commitmentOf,
  encodeEntry,
  isEntryName,
  parseEntry,
  saltBytes,
  type JournalEntry,
} from "./journal-entry.ts";
export { eventText, parseEventText } from "./event-text.ts";
export { cosigner, parseWitnessKey, type Cosigner, type WitnessKey } from "./witness/cosignature.ts";
export {
  checkWitnessPolicy,
  openWitnessed,
  type Cosigned,
  type WitnessedCheckpoint,
  type WitnessPolicy,
} from "./witness/witnessed.ts";
export {
  addCosignatures,
  formatAddCheckpoint,
  parseAddCheckpoint,
  type AddCheckpoint,
} from "./witness/add-checkpoint.ts";
export {
  answerAddCheckpoint,
  type WatchedLog,
  type WitnessAnswer,
  type WitnessState,
} from "./witness/witness.ts";
export { buildExport } from "./export/build-export.ts";
export type { ExportContent, ExportedEntry } from "./export/export-content.ts";
export {
  verifyExport,
  type ExportFailure,
  type ExportTrust,
  type ExportVerification,
} from "./export/verify-export.ts";
export { verisIncident, verisUnits, type VerisFacts } from "./export/veris-incident.ts";
