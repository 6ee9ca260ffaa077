import { player, playAt, setQueue } from "../state/player.ts";
import { currentTrack, removeAt, shuffleRest } from "../state/queue.ts";
import { hrefOf } from "../state/route.ts";
import { useStore } from "../state/store.ts";
import { clockTime, counted } from "../state/words.ts";
import { Cover } from "./cover.tsx";
import { Dialog } from "./dialog.tsx";
import { Heart } from "./heart.tsx";
import { Icon } from "./icon.tsx";
import { SeekLine, stage, Transport } from "./player-bar.tsx";

function Queue() {
  const queue = useStore(player, (state) => state.queue);
  const coming = queue.tracks.slice(queue.index + 1);
  return (
    <section class="stage-queue" aria-label="Queue">
      <header class="split">
        <h3>{coming.length === 0 ? "Nothing comes after this" : `Then ${counted(coming.length, "song")}`}</h3>
        {coming.length > 1 && (
          <button
            type="button"
            class="quiet"
            aria-label="Shuffle what comes"
            onClick={() => setQueue(shuffleRest(queue, Math.random))}
          >
            <Icon name="shuffle" />
          </button>
        )}
      </header>
      <ol class="plain">
        {coming.map((track, at) => {
          const index = queue.index + 1 + at;
          return (
            <li key={`${track.id}-${index}`} class="queued">
              <button type="button" class="queued-song" onClick={() => playAt(index)}>
                <Cover url={track.coverUrl} name={track.album} />
                <span>
                  <b>{track.title}</b>
                  <span>{track.artist}</span>
                </span>
                <span class="track-time">{clockTime(track.durationMs)}</span>
              </button>
              <button
                type="button"
                class="quiet"
                aria-label={`Take ${track.title} out`}
                onClick={() => setQueue(removeAt(queue, index))}
              >
                <Icon name="close" />
              </button>
            </li>
          );
        })}
      </ol>
    </section>
  );
}

/** What plays, large, and what comes after it. */
export function Stage() {
  const open = useStore(stage, (value) => value);
  const track = useStore(player, ({ queue }) => currentTrack(queue));
  const playing = useStore(player, (state) => state.playing);
  if (!open || track === null) return null;
  const leave = () => stage.set(false);
  return (
    <Dialog title="Now playing" wide onClose={leave}>
      <div class="stage">
        <div class="stage-song">
          <span class={playing ? "sleeve is-out is-turning" : "sleeve is-out"}>
            <span class="disc" />
            <Cover url={track.coverUrl} name={track.album} eager />
          </span>
          <div class="stage-words">
            <p class="stage-title">{track.title}</p>
            <p>
              <a href={hrefOf("artist", track.artistId)} onClick={leave}>
                {track.artist}
              </a>
              {" · "}
              <a href={hrefOf("album", track.albumId)} onClick={leave}>
                {track.album}
              </a>
            </p>
            <Heart kind="track" of={track} name={track.title} />
          </div>
          <SeekLine />
          <Transport />
        </div>
        <Queue />
      </div>
    </Dialog>
  );
}
