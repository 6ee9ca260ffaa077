import type { AlbumsAnswer, LibraryAnswer } from "../../src/api/library-api.ts";
import type { AlbumAnswer } from "../../src/api/library-api.ts";
import { Cover } from "../parts/cover.tsx";
import { Empty, Whole } from "../parts/page-state.tsx";
import { Icon } from "../parts/icon.tsx";
import { Albums } from "../parts/shelf.tsx";
import { get } from "../state/api.ts";
import { useLoad } from "../state/load.ts";
import { playTracks } from "../state/player.ts";
import { hrefOf } from "../state/route.ts";
import { counted, longTime } from "../state/words.ts";

function greeting(hour: number): string {
  if (hour < 5) return "Late night";
  if (hour < 12) return "This morning";
  return hour < 18 ? "This afternoon" : "Tonight";
}

async function play(albumId: string): Promise<void> {
  const { tracks } = await get<AlbumAnswer>(`/api/albums/${encodeURIComponent(albumId)}`);
  playTracks(tracks);
}

/** The programme: one album as a concert poster, then shelves. */
export function Home() {
  const [random, again] = useLoad<AlbumsAnswer>("/api/albums?order=random&limit=9");
  const [recent] = useLoad<AlbumsAnswer>("/api/albums?order=recent&limit=8");
  const [newest] = useLoad<AlbumsAnswer>("/api/albums?order=newest&limit=12");
  const [library] = useLoad<LibraryAnswer>("/api/library");
  return (
    <Whole of={random} again={again}>
      {({ albums: [bill, ...rest] }) =>
        bill === undefined ? (
          <Empty title="No music yet">
            <p>As soon as there are songs in the library's folders, they are here.</p>
          </Empty>
        ) : (
          <>
            <section class="poster">
              <div class="poster-words">
                <p class="kicker">{greeting(new Date().getHours())} on the programme</p>
                <h1 tabIndex={-1}>{bill.title}</h1>
                <p class="poster-by">
                  <a href={hrefOf("artist", bill.artistId)}>{bill.artist}</a>
                </p>
                <p class="poster-facts">
                  {[bill.genre, bill.year, counted(bill.trackCount, "song"), longTime(bill.durationMs)]
                    .filter((fact) => fact !== null)
                    .join(" · ")}
                </p>
                <p class="actions">
                  <button type="button" class="button is-large" onClick={() => void play(bill.id)}>
                    <Icon name="play" /> Raise the curtain
                  </button>
                  <a class="button is-soft is-large" href={hrefOf("album", bill.id)}>
                    Look inside
                  </a>
                </p>
              </div>
              <a
                class="poster-sleeve sleeve is-out"
                href={hrefOf("album", bill.id)}
                aria-label={`Album ${bill.title}`}
              >
                <span class="disc" />
                <Cover url={bill.coverUrl} name={bill.title} eager />
              </a>
            </section>
            {recent.kind === "here" && recent.answer.albums.length > 0 && (
              <section>
                <h2>Played lately</h2>
                <Albums albums={recent.answer.albums} label="Played lately" />
              </section>
            )}
            {newest.kind === "here" && (
              <section>
                <h2>New in the house</h2>
                <Albums albums={newest.answer.albums} label="New in the house" />
              </section>
            )}
            {rest.length > 0 && (
              <section>
                <h2>Drawn by lot</h2>
                <Albums albums={rest} label="Drawn by lot" />
              </section>
            )}
            {library.kind === "here" && (
              <p class="colophon">
                {counted(library.answer.tracks, "song")} · {counted(library.answer.albums, "album")} ·{" "}
                {counted(library.answer.artists, "artist")}
                {library.answer.scanning && " · looking for more"}
              </p>
            )}
          </>
        )
      }
    </Whole>
  );
}
