import type { AlbumAnswer, ArtistAnswer, FavouritesAnswer } from "../../src/api/library-api.ts";
import { toAdd } from "../parts/add-to-playlist.tsx";
import { Cover } from "../parts/cover.tsx";
import { Heart } from "../parts/heart.tsx";
import { Icon } from "../parts/icon.tsx";
import { Empty, Title, Whole } from "../parts/page-state.tsx";
import { Albums, Artists } from "../parts/shelf.tsx";
import { TrackList } from "../parts/track-list.tsx";
import { useLoad } from "../state/load.ts";
import { playTracks } from "../state/player.ts";
import { hrefOf } from "../state/route.ts";
import { counted, longTime } from "../state/words.ts";

export function AlbumView({ id }: { readonly id: string }) {
  const [album, again] = useLoad<AlbumAnswer>(`/api/albums/${encodeURIComponent(id)}`);
  return (
    <Whole of={album} again={again}>
      {(answer) => (
        <>
          <section class="front">
            <span class="sleeve is-out front-sleeve">
              <span class="disc" />
              <Cover url={answer.coverUrl} name={answer.title} eager />
            </span>
            <div>
              <p class="kicker">Album{answer.year !== null && ` · ${answer.year}`}</p>
              <h1 tabIndex={-1}>{answer.title}</h1>
              <p class="front-by">
                <a href={hrefOf("artist", answer.artistId)}>{answer.artist}</a>
              </p>
              <p class="front-facts">
                {[answer.genre, counted(answer.trackCount, "song"), longTime(answer.durationMs)]
                  .filter((fact) => fact !== null)
                  .join(" · ")}
              </p>
              <p class="actions">
                <button type="button" class="button" onClick={() => playTracks(answer.tracks)}>
                  <Icon name="play" /> Play
                </button>
                <button
                  type="button"
                  class="button is-soft"
                  onClick={() => playTracks(answer.tracks, 0, true)}
                >
                  <Icon name="shuffle" /> Shuffle
                </button>
                <button
                  type="button"
                  class="quiet"
                  aria-label="Add the album to a playlist"
                  onClick={() => toAdd.set(answer.tracks)}
                >
                  <Icon name="plus" />
                </button>
                <Heart kind="album" of={answer} name={answer.title} />
              </p>
            </div>
          </section>
          <TrackList tracks={answer.tracks} label={`Songs of ${answer.title}`} album />
        </>
      )}
    </Whole>
  );
}

export function ArtistView({ id }: { readonly id: string }) {
  const [artist, again] = useLoad<ArtistAnswer>(`/api/artists/${encodeURIComponent(id)}`);
  return (
    <Whole of={artist} again={again}>
      {(answer) => (
        <>
          <section class="front is-round">
            <Cover url={answer.coverUrl} name={answer.name} eager />
            <div>
              <p class="kicker">Artist</p>
              <h1 tabIndex={-1}>{answer.name}</h1>
              <p class="front-facts">{counted(answer.albumCount, "album")}</p>
              <p class="actions">
                <Heart kind="artist" of={answer} name={answer.name} />
              </p>
            </div>
          </section>
          <Albums albums={answer.albums} label={`Albums of ${answer.name}`} />
        </>
      )}
    </Whole>
  );
}

export function FavouritesView() {
  const [favourites, again] = useLoad<FavouritesAnswer>("/api/favourites");
  return (
    <>
      <Title>Favourites</Title>
      <Whole of={favourites} again={again}>
        {({ artists, albums, tracks }) => (
          <>
            {artists.length + albums.length + tracks.length === 0 && (
              <Empty title="No favourites yet">
                <p>Press the heart beside a song, an album or an artist, and it is here.</p>
              </Empty>
            )}
            {tracks.length > 0 && <TrackList tracks={tracks} label="Favourite songs" />}
            {albums.length > 0 && (
              <section>
                <h2>Albums</h2>
                <Albums albums={albums} label="Favourite albums" />
              </section>
            )}
            {artists.length > 0 && (
              <section>
                <h2>Artists</h2>
                <Artists artists={artists} label="Favourite artists" />
              </section>
            )}
          </>
        )}
      </Whole>
    </>
  );
}
