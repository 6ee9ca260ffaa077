import { formatInstant } from "@cordon/model";

import type { Album, Artist, Track } from "../api/library-api.ts";
import type { Playlist } from "../api/playlists-api.ts";
import type { Library } from "../library/library.ts";
import type { LibraryAlbum, LibraryArtist, LibraryTrack } from "../library/library-items.ts";
import type { Favourites } from "./favourites.ts";
import type { StoredPlaylist } from "./playlists.ts";
import type { Plays } from "./plays.ts";

const coverUrl = (id: string | null): string | null => (id === null ? null : `/api/covers/${id}`);
const ids = (items: readonly { readonly id: string }[]) => items.map(({ id }) => id);

/** The library as one account sees it: with its favourites and play counts. */
export class LibraryView {
  readonly #library: Library;
  readonly #favourites: Favourites;
  readonly #plays: Plays;

  constructor(library: Library, favourites: Favourites, plays: Plays) {
    this.#library = library;
    this.#favourites = favourites;
    this.#plays = plays;
  }

  artists(accountId: string, artists: readonly LibraryArtist[]): readonly Artist[] {
    const marked = this.#favourites.among(accountId, "artist", ids(artists));
    return artists.map(({ id, name, albumCount, coverId }) => ({
      id,
      name,
      albumCount,
      coverUrl: coverUrl(coverId),
      favourite: marked.has(id),
    }));
  }

  albums(accountId: string, albums: readonly LibraryAlbum[]): readonly Album[] {
    const marked = this.#favourites.among(accountId, "album", ids(albums));
    return albums.map((album) => ({
      id: album.id,
      title: album.title,
      artistId: album.artistId,
      artist: album.artist,
      year: album.year,
      genre: album.genre,
      trackCount: album.trackCount,
      durationMs: album.durationMs,
      coverUrl: coverUrl(album.coverId),
      favourite: marked.has(album.id),
    }));
  }

  tracks(accountId: string, tracks: readonly LibraryTrack[]): readonly Track[] {
    const marked = this.#favourites.among(accountId, "track", ids(tracks));
    const played = this.#plays.among(accountId, ids(tracks));
    return tracks.map((track) => ({
      id: track.id,
      title: track.title,
      artistId: track.artistId,
      artist: track.artist,
      albumId: track.albumId,
      album: track.album,
      disc: track.disc,
      number: track.number,
      year: track.year,
      genre: track.genre,
      durationMs: track.durationMs,
      sizeBytes: track.sizeBytes,
      contentType: track.contentType,
      coverUrl: coverUrl(track.coverId),
      streamUrl: `/api/stream/${track.id}`,
      favourite: marked.has(track.id),
      playCount: played.get(track.id)?.times ?? 0,
    }));
  }

  playlist({ id, name, comment, trackIds, changedAtMs, revision }: StoredPlaylist): Playlist {
    const tracks = this.#library.tracksById(trackIds);
    return {
      id,
      name,
      comment,
      trackCount: tracks.length,
      durationMs: tracks.reduce((sum, { durationMs }) => sum + durationMs, 0),
      coverUrl: coverUrl(tracks.find(({ coverId }) => coverId !== null)?.coverId ?? null),
      changedAt: formatInstant(changedAtMs),
      revision,
    };
  }
}
