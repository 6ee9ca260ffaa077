import { Store } from "../state/store.ts";
import type { KeptCopy } from "./database.ts";

/** One playlist that is to be had offline. */
export interface OfflinePlaylist {
  readonly id: string;
  readonly name: string;
  readonly trackIds: readonly string[];
}

/** What goes on with the copies, as a person is told. */
export type CopiesActivity =
  | { readonly kind: "idle" }
  /** In the service's queue; place 1 is next. */
  | { readonly kind: "waiting"; readonly place: number }
  | { readonly kind: "fetching"; readonly done: number; readonly of: number; readonly title: string };

export type CopiesTrouble =
  | { readonly kind: "full"; readonly kept: number; readonly of: number }
  | { readonly kind: "damaged"; readonly title: string }
  | { readonly kind: "failed"; readonly why: string };

export interface CopiesState {
  /** False: this browser can't keep anything here, as in some private windows. */
  readonly possible: boolean;
  readonly playlists: readonly OfflinePlaylist[];
  /** Tracks that are here now. */
  readonly kept: ReadonlyMap<string, KeptCopy>;
  readonly requiredEpoch: number;
  readonly activity: CopiesActivity;
  readonly trouble: CopiesTrouble | null;
  /** Copies that were removed because their epoch was over and that come back; 0: none. */
  readonly recalled: number;
  readonly usedBytes: number;
  /** What the browser allows this site; null: it does not say. */
  readonly quotaBytes: number | null;
  /** Whether the browser has promised not to clear this by itself. */
  readonly persistent: boolean;
}

export const copies = new Store<CopiesState>({
  possible: true,
  playlists: [],
  kept: new Map(),
  requiredEpoch: 0,
  activity: { kind: "idle" },
  trouble: null,
  recalled: 0,
  usedBytes: 0,
  quotaBytes: null,
  persistent: false,
});

/** Whether a kept track may be played by what is known; its licence is read again when it is. */
export function hasCopy(trackId: string): boolean {
  const { kept, requiredEpoch } = copies.value;
  return (kept.get(trackId)?.epoch ?? 0) >= Math.max(1, requiredEpoch);
}
