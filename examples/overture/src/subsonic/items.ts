import { extname } from "node:path";

import { formatInstant } from "@cordon/model";

import type { LibraryAlbum, LibraryArtist, LibraryTrack } from "../library/library-items.ts";
import type { StoredPlaylist } from "../listening/playlists.ts";
import type { Node } from "./answer.ts";
import type { Call } from "./call.ts";

const seconds = (ms: number): number => Math.round(ms / 1000);
const ids = (items: readonly { readonly id: string }[]): readonly string[] => items.map(({ id }) => id);
const since = (atMs: number | undefined): Node =>
  atMs === undefined ? {} : { starred: formatInstant(atMs) };
const cover = (id: string | null): Node => (id === null ? {} : { coverArt: id });
const known = (name: string, value: string | number | null): Node =>
  value === null ? {} : { [name]: value };

export function artistNodes({ owner, listening }: Call, artists: readonly LibraryArtist[]): readonly Node[] {
  const marked = listening.favourites.among(owner.accountId, "artist", ids(artists));
  return artists.map(({ id, name, albumCount, coverId }) => ({
    id,
    name,
    albumCount,
    ...cover(coverId),
    ...since(marked.get(id)),
  }));
}

export function albumNodes({ owner, listening }: Call, albums: readonly LibraryAlbum[]): readonly Node[] {
  const marked = listening.favourites.among(owner.accountId, "album", ids(albums));
  return albums.map((album) => ({
    id: album.id,
    name: album.title,
    artist: album.artist,
    artistId: album.artistId,
    songCount: album.trackCount,
    duration: seconds(album.durationMs),
    created: formatInstant(album.addedAtMs),
    ...known("year", album.year),
    ...known("genre", album.genre),
    ...cover(album.coverId),
    ...since(marked.get(album.id)),
  }));
}

export function songNodes({ owner, listening }: Call, tracks: readonly LibraryTrack[]): readonly Node[] {
  const marked = listening.favourites.among(owner.accountId, "track", ids(tracks));
  const played = listening.plays.among(owner.accountId, ids(tracks));
  return tracks.map((track) => {
    const play = played.get(track.id);
    return {
      id: track.id,
      parent: track.albumId,
      isDir: false,
      title: track.title,
      album: track.album,
      artist: track.artist,
      albumId: track.albumId,
      artistId: track.artistId,
      size: track.sizeBytes,
      contentType: track.contentType,
      suffix: extname(track.path).slice(1).toLowerCase(),
      duration: seconds(track.durationMs),
      bitRate: track.bitRate,
      created: formatInstant(track.addedAtMs),
      type: "music",
      mediaType: "song",
      isVideo: false,
      displayArtist: track.artist,
      displayAlbumArtist: track.albumArtist,
      ...known("track", track.number),
      ...known("discNumber", track.disc),
      ...known("year", track.year),
      ...known("genre", track.genre),
      ...cover(track.coverId),
      ...since(marked.get(track.id)),
      ...(play === undefined ? {} : { playCount: play.times, played: formatInstant(play.lastAtMs) }),
    };
  });
}

export function playlistNode(call: Call, playlist: StoredPlaylist): Node {
  const { trackCount, durationMs, coverUrl } = call.listening.view.playlist(playlist);
  const { id, name, comment, createdAtMs, changedAtMs } = playlist;
  return {
    id,
    name,
    ...(comment === "" ? {} : { comment }),
    owner: call.owner.email,
    public: false,
    songCount: trackCount,
    duration: seconds(durationMs),
    created: formatInstant(createdAtMs),
    changed: formatInstant(changedAtMs),
    ...cover(coverUrl?.split("/").at(-1) ?? null),
  };
}
