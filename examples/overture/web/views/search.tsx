import { useEffect, useRef, useState } from "preact/hooks";

import type { SearchAnswer } from "../../src/api/library-api.ts";
import { Icon } from "../parts/icon.tsx";
import { Empty, Title, Whole } from "../parts/page-state.tsx";
import { Albums, Artists } from "../parts/shelf.tsx";
import { TrackList } from "../parts/track-list.tsx";
import { query } from "../state/api.ts";
import { useLoad } from "../state/load.ts";
import { counted } from "../state/words.ts";

const typingMs = 150;

function Found({ words }: { readonly words: string }) {
  const [found, again] = useLoad<SearchAnswer>(`/api/search?${query({ q: words, limit: 20 })}`);
  return (
    <Whole of={found} again={again}>
      {({ artists, albums, tracks }) => (
        <>
          <p class="unseen" role="status">
            {counted(tracks.length, "song")}, {counted(albums.length, "album")},{" "}
            {counted(artists.length, "artist")} found
          </p>
          {artists.length + albums.length + tracks.length === 0 && (
            <Empty title={`Nothing is called “${words}”`}>
              <p>Try fewer letters, or another spelling.</p>
            </Empty>
          )}
          {tracks.length > 0 && (
            <section>
              <h2>Songs</h2>
              <TrackList tracks={tracks} label="Songs found" />
            </section>
          )}
          {albums.length > 0 && (
            <section>
              <h2>Albums</h2>
              <Albums albums={albums} label="Albums found" />
            </section>
          )}
          {artists.length > 0 && (
            <section>
              <h2>Artists</h2>
              <Artists artists={artists} label="Artists found" />
            </section>
          )}
        </>
      )}
    </Whole>
  );
}

export function SearchView() {
  const [typed, setTyped] = useState("");
  const [words, setWords] = useState("");
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => field.current?.focus(), []);
  useEffect(() => {
    const timer = setTimeout(() => setWords(typed.trim()), typingMs);
    return () => clearTimeout(timer);
  }, [typed]);
  return (
    <>
      <Title>Search</Title>
      <form class="search" role="search" onSubmit={(event) => event.preventDefault()}>
        <Icon name="search" />
        <input
          ref={field}
          type="search"
          aria-label="Songs, albums, artists"
          placeholder="Songs, albums, artists"
          value={typed}
          maxLength={200}
          onInput={(event) => setTyped(event.currentTarget.value)}
        />
      </form>
      {words === "" ? null : <Found words={words} />}
    </>
  );
}
