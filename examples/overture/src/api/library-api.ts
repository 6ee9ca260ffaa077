export interface Artist {
  readonly id: string;
  readonly name: string;
  readonly albumCount: number;
  readonly coverUrl: string | null;
  readonly favourite: boolean;
}

export interface Album {
  readonly id: string;
  readonly title: string;
  readonly artistId: string;
  readonly artist: string;
  readonly year: number | null;
  readonly genre: string | null;
  readonly trackCount: number;
  readonly durationMs: number;
  /** `/api/covers/…`, immutable; null: none. */
  readonly coverUrl: string | null;
  readonly favourite: boolean;
}

export interface Track {
  readonly id: string;
  readonly title: string;
  readonly artistId: string;
  readonly artist: string;
  readonly albumId: string;
  readonly album: string;
  readonly disc: number | null;
  readonly number: number | null;
  readonly year: number | null;
  readonly genre: string | null;
  readonly durationMs: number;
  readonly sizeBytes: number;
  readonly contentType: string;
  readonly coverUrl: string | null;
  /** `/api/stream/…`; answers Range. */
  readonly streamUrl: string;
  readonly favourite: boolean;
  readonly playCount: number;
}

/** `?offset=0&limit=50`, limit at most 500. */
interface Page {
  readonly offset: number;
  /** How many there are in all. */
  readonly total: number;
}

/** GET /api/artists */
export interface ArtistsAnswer extends Page {
  readonly artists: readonly Artist[];
}

/** GET /api/artists/:id */
export interface ArtistAnswer extends Artist {
  readonly albums: readonly Album[];
}

export const albumOrders = [
  "title",
  "artist",
  "newest",
  "recent",
  "frequent",
  "random",
  "favourites",
] as const;
export type AlbumOrder = (typeof albumOrders)[number];

/** GET /api/albums?order= */
export interface AlbumsAnswer extends Page {
  readonly albums: readonly Album[];
}

/** GET /api/albums/:id */
export interface AlbumAnswer extends Album {
  readonly tracks: readonly Track[];
}

/** GET /api/tracks?id=…&id=…: in the order asked for; ids that are no track are left out. */
export interface TracksAnswer {
  readonly tracks: readonly Track[];
}

/** GET /api/search?q=&limit=20 */
export interface SearchAnswer {
  readonly artists: readonly Artist[];
  readonly albums: readonly Album[];
  readonly tracks: readonly Track[];
}

export const favouriteKinds = ["artist", "album", "track"] as const;
/** PUT and DELETE /api/favourites/:kind/:id */
export type FavouriteKind = (typeof favouriteKinds)[number];

/** GET /api/favourites */
export type FavouritesAnswer = SearchAnswer;

/** POST /api/plays: a track was listened to. */
export interface Played {
  readonly trackId: string;
}

/** GET /api/library: what there is, and whether a scan goes on. */
export interface LibraryAnswer {
  readonly artists: number;
  readonly albums: number;
  readonly tracks: number;
  readonly scanning: boolean;
}
