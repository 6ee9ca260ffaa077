import type { JsonObject } from "@cordon/model";
import type { VerifierKey } from "../log-key.ts";

/** One entry of the journal with what proves and opens it. */
export interface ExportedEntry {
  /** The entry's bytes, as they stand in the log. */
  readonly entry: Uint8Array;
  /** From the leaf's sibling up to the root's child, in the tree of the checkpoint. */
  readonly proof: readonly Uint8Array[];
  /** What opens its commitment; null once erased. */
  readonly opening: { readonly salt: Uint8Array; readonly event: JsonObject } | null;
}

/** What an incident export is made of. */
export interface ExportContent {
  /** The incident's stream in the journal. */
  readonly incident: string;
  readonly exportedAtMs: number;
  readonly logKey: VerifierKey;
  /** The signed checkpoint that all proofs lead to, with cosignatures if there are some. */
  readonly checkpoint: Uint8Array;
  /** By growing seq. */
  readonly entries: readonly ExportedEntry[];
  /** Every entry of the log, which shows that none of the incident's is left out; null: that is not shown. */
  readonly logEntries: readonly Uint8Array[] | null;
  /** Answers as `scope` gives them, each named by an event. */
  readonly answers: readonly JsonObject[];
  /** Notice manifests, each named by an event through the SHA-256 of its canonical JSON. */
  readonly notices: readonly JsonObject[];
  /** The incident in VERIS 1.4; null: left out. */
  readonly veris: JsonObject | null;
}

/** The files of an export by what they hold. */
export const exportFiles = {
  key: "key",
  checkpoint: "checkpoint",
  veris: "veris.json",
  entry: (seq: number): string => `entries/${seq}.json`,
  event: (seq: number): string => `events/${seq}.json`,
  proof: (seq: number): string => `proofs/${seq}.tlog-proof`,
  answer: (hex: string): string => `answers/${hex}.json`,
  notice: (hex: string): string => `notices/${hex}.json`,
} as const;

/** An archive is read into memory as a whole. */
export const exportBytesMax = 1 << 29;
export const exportFilesMax = 300_000;
