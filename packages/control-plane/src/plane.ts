import type { Journal } from "@cordon/journal-postgres";
import type { AttachmentStore } from "./attachments/attachment-store.ts";
import type { Operators } from "./caller.ts";
import type { BundleKeyPair } from "./bundle-keys.ts";
import type { BundleFolder } from "./bundle-folder.ts";
import type { DirectoryFeed } from "./directory-feed.ts";
import type { DecidingLanes } from "./deciding-lanes.ts";
import type { NoticeDesk } from "./notices/notice-desk.ts";
import type { ProgressBoard } from "./progress-board.ts";
import type { IncidentRecord } from "./record/incident-record.ts";
import type { BundleDeltas } from "./release/bundle-deltas.ts";
import type { DutyBook } from "@cordon/response";
import type { SampleBoard } from "./watch/sample-board.ts";
import type { FreshnessFile } from "./release/freshness-stamps.ts";
import type { Release } from "./release/release.ts";
import type { Vault } from "./vault/vault.ts";

/** What commands, queries and workers work with. Made once, by `openControlPlane`. */
export interface Plane {
  readonly home: string;
  readonly operators: Operators;
  readonly journal: Journal;
  readonly record: IncidentRecord;
  /** Commands are decided and recorded one after the other, where one must see the other. */
  readonly deciding: DecidingLanes;
  /** Commands with a key that are under way: a repetition waits for the first. */
  readonly underWay: Map<string, Promise<unknown>>;
  readonly directory: DirectoryFeed;
  readonly bundles: BundleFolder;
  /** Which point is given which of them. */
  readonly release: Release;
  readonly deltas: BundleDeltas;
  readonly freshness: FreshnessFile;
  readonly bundleKeys: BundleKeyPair;
  /** The keys under which each incident's personal data is sealed. */
  readonly vault: Vault;
  readonly publishing: PublishingState;
  readonly desk: NoticeDesk;
  /** The rules that duties are worked out by. */
  readonly duties: DutyBook;
  readonly progress: ProgressBoard;
  readonly attachments: AttachmentStore;
  /** Watched rates, as they were measured last. */
  readonly samples: SampleBoard;
  readonly clock: () => number;
  readonly randomBytes: (count: number) => Uint8Array;
  /** Tells the workers that there may be something to do. */
  readonly wake: () => void;
}

/** How the bundle that plans wait for is coming along. */
export interface PublishingState {
  attempts: number;
  /** Without personal data; null while no attempt has failed. */
  lastFailure: string | null;
}

/** A new id: the kind of thing, then 16 hex digits. */
export function newId(
  plane: Plane,
  kind: "inc" | "plan" | "notice" | "claim" | "note" | "task" | "risk" | "file",
): string {
  return `${kind}-${Buffer.from(plane.randomBytes(8)).toString("hex")}`;
}
