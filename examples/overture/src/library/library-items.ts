export interface LibraryArtist {
  readonly id: string;
  readonly name: string;
  readonly albumCount: number;
  readonly coverId: string | null;
}

export interface LibraryAlbum {
  readonly id: string;
  readonly title: string;
  readonly artist: string;
  readonly artistId: string;
  readonly year: number | null;
  readonly genre: string | null;
  readonly coverId: string | null;
  readonly trackCount: number;
  readonly durationMs: number;
  readonly addedAtMs: number;
}

export interface LibraryTrack {
  readonly id: string;
  readonly libraryId: string;
  readonly path: string;
  readonly sizeBytes: number;
  readonly title: string;
  readonly artist: string;
  readonly artistId: string;
  readonly album: string;
  readonly albumId: string;
  readonly albumArtist: string;
  readonly disc: number | null;
  readonly number: number | null;
  readonly year: number | null;
  readonly genre: string | null;
  readonly durationMs: number;
  readonly bitRate: number;
  readonly contentType: string;
  readonly coverId: string | null;
  readonly addedAtMs: number;
}

/** Where a track's audio lies. */
export interface TrackFile extends LibraryTrack {
  readonly folder: string;
}
