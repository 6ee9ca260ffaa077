import { useState } from "preact/hooks";

import type { AlbumsAnswer, ArtistsAnswer } from "../../src/api/library-api.ts";
import { Title, Whole } from "../parts/page-state.tsx";
import { Albums, Artists } from "../parts/shelf.tsx";
import { useLoad } from "../state/load.ts";
import { counted } from "../state/words.ts";

const pageSize = 60;
const orders = { title: "Title", artist: "Artist", newest: "Newest", frequent: "Most played" } as const;
type Order = keyof typeof orders;

function More({
  shown,
  total,
  more,
}: {
  readonly shown: number;
  readonly total: number;
  readonly more: () => void;
}) {
  if (shown >= total) return null;
  return (
    <p class="actions is-middle">
      <button type="button" class="button is-soft" onClick={more}>
        Show more ({total - shown} left)
      </button>
    </p>
  );
}

export function AlbumsView() {
  const [order, setOrder] = useState<Order>("title");
  const [limit, setLimit] = useState(pageSize);
  const [albums, again] = useLoad<AlbumsAnswer>(
    `/api/albums?order=${order}&offset=0&limit=${Math.min(500, limit)}`,
  );
  return (
    <>
      <div class="split">
        <Title>Albums</Title>
        <div class="tabs" role="group" aria-label="Order">
          {(Object.keys(orders) as Order[]).map((each) => (
            <button key={each} type="button" aria-pressed={order === each} onClick={() => setOrder(each)}>
              {orders[each]}
            </button>
          ))}
        </div>
      </div>
      <Whole of={albums} again={again}>
        {(answer) => (
          <>
            <Albums albums={answer.albums} label="Albums" />
            <More
              shown={answer.albums.length}
              total={Math.min(500, answer.total)}
              more={() => setLimit(limit + pageSize)}
            />
          </>
        )}
      </Whole>
    </>
  );
}

export function ArtistsView() {
  const [limit, setLimit] = useState(pageSize);
  const [artists, again] = useLoad<ArtistsAnswer>(`/api/artists?offset=0&limit=${Math.min(500, limit)}`);
  return (
    <>
      <Title>Artists</Title>
      <Whole of={artists} again={again}>
        {(answer) => (
          <>
            <p class="under-title">{counted(answer.total, "artist")}</p>
            <Artists artists={answer.artists} label="Artists" />
            <More
              shown={answer.artists.length}
              total={Math.min(500, answer.total)}
              more={() => setLimit(limit + pageSize)}
            />
          </>
        )}
      </Whole>
    </>
  );
}
