import type { Album, Artist } from "../../src/api/library-api.ts";
import type { Playlist } from "../../src/api/playlists-api.ts";
import { hrefOf } from "../state/route.ts";
import { counted } from "../state/words.ts";
import { Cover } from "./cover.tsx";

/** A sleeve with its record; the record looks out when one reaches for it. */
function Sleeve({ url, name }: { readonly url: string | null; readonly name: string }) {
  return (
    <span class="sleeve">
      <span class="disc" />
      <Cover url={url} name={name} />
    </span>
  );
}

export function Albums({ albums, label }: { readonly albums: readonly Album[]; readonly label: string }) {
  return (
    <ul class="shelf" aria-label={label}>
      {albums.map((album) => (
        <li key={album.id}>
          <a class="card" href={hrefOf("album", album.id)}>
            <Sleeve url={album.coverUrl} name={album.title} />
            <b>{album.title}</b>
            <span>
              {album.artist}
              {album.year !== null && ` · ${album.year}`}
            </span>
          </a>
        </li>
      ))}
    </ul>
  );
}

export function Artists({ artists, label }: { readonly artists: readonly Artist[]; readonly label: string }) {
  return (
    <ul class="shelf is-round" aria-label={label}>
      {artists.map((artist) => (
        <li key={artist.id}>
          <a class="card" href={hrefOf("artist", artist.id)}>
            <Cover url={artist.coverUrl} name={artist.name} />
            <b>{artist.name}</b>
            <span>{counted(artist.albumCount, "album")}</span>
          </a>
        </li>
      ))}
    </ul>
  );
}

export function Playlists({ playlists }: { readonly playlists: readonly Playlist[] }) {
  return (
    <ul class="shelf" aria-label="Playlists">
      {playlists.map((playlist) => (
        <li key={playlist.id}>
          <a class="card" href={hrefOf("playlist", playlist.id)}>
            <Cover url={playlist.coverUrl} name={playlist.name} />
            <b>{playlist.name}</b>
            <span>{counted(playlist.trackCount, "song")}</span>
          </a>
        </li>
      ))}
    </ul>
  );
}
