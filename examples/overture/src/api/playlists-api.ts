import type { Track } from "./library-api.ts";

export interface Playlist {
  readonly id: string;
  readonly name: string;
  readonly comment: string;
  readonly trackCount: number;
  readonly durationMs: number;
  readonly coverUrl: string | null;
  /** ISO 8601. */
  readonly changedAt: string;
  /** Grows with every change. */
  readonly revision: number;
}

/** GET /api/playlists */
export interface PlaylistsAnswer {
  readonly playlists: readonly Playlist[];
}

/** GET /api/playlists/:id; tracks that are no longer there are left out. */
export interface PlaylistAnswer extends Playlist {
  readonly tracks: readonly Track[];
}

/** POST /api/playlists → 201 PlaylistAnswer */
export interface NewPlaylist {
  readonly name: string;
  readonly comment?: string;
  readonly trackIds?: readonly string[];
}

/** PATCH /api/playlists/:id → PlaylistAnswer */
export interface ChangePlaylist {
  readonly name?: string;
  readonly comment?: string;
  /** The whole list in its new order. */
  readonly trackIds?: readonly string[];
  /** Given: 409 when the playlist has changed since. */
  readonly revision?: number;
}

/** POST /api/playlists/:id/tracks → PlaylistAnswer; at the end. */
export interface AddTracks {
  readonly trackIds: readonly string[];
}

/** GET /api/queue; an empty list when none was saved. */
export interface QueueAnswer {
  readonly tracks: readonly Track[];
  readonly currentIndex: number;
  readonly positionMs: number;
  /** Null: never saved. */
  readonly changedAt: string | null;
}

/** PUT /api/queue → 204 */
export interface SaveQueue {
  readonly trackIds: readonly string[];
  /** Into `trackIds`; 0 for an empty list. */
  readonly currentIndex: number;
  readonly positionMs: number;
}
