import { pause, player, resume, seek, setRepeat, setVolume, skip } from "../state/player.ts";
import { currentTrack } from "../state/queue.ts";
import type { Repeat } from "../state/queue.ts";
import { hrefOf } from "../state/route.ts";
import { Store, useStore } from "../state/store.ts";
import { clockTime, spokenTime } from "../state/words.ts";
import { Cover } from "./cover.tsx";
import { Heart } from "./heart.tsx";
import { Icon } from "./icon.tsx";

/** Whether the page of what plays lies over everything. */
export const stage = new Store(false);

const nextRepeat: Readonly<Record<Repeat, Repeat>> = { off: "all", all: "one", one: "off" };
const repeatWords: Readonly<Record<Repeat, string>> = { off: "off", all: "the queue", one: "this song" };

export function SeekLine() {
  const positionMs = useStore(player, (state) => state.positionMs);
  const durationMs = useStore(player, ({ queue }) => currentTrack(queue)?.durationMs ?? 0);
  const [seconds, max] = [Math.floor(positionMs / 1000), Math.max(1, Math.floor(durationMs / 1000))];
  return (
    <div class="seek">
      <span class="time">{clockTime(positionMs)}</span>
      <input
        type="range"
        class="line"
        min={0}
        max={max}
        step={1}
        value={seconds}
        style={{ "--part": `${(100 * Math.min(seconds, max)) / max}%` }}
        aria-label="Position in the song"
        aria-valuetext={`${spokenTime(positionMs)} of ${spokenTime(durationMs)}`}
        onInput={(event) => seek(event.currentTarget.valueAsNumber * 1000)}
      />
      <span class="time">{clockTime(durationMs)}</span>
    </div>
  );
}

export function Transport() {
  const playing = useStore(player, (state) => state.playing);
  const repeat = useStore(player, (state) => state.repeat);
  return (
    <div class="transport">
      <button type="button" class="quiet" aria-label="Back" onClick={() => skip(-1)}>
        <Icon name="previous" />
      </button>
      <button
        type="button"
        class="play-button"
        aria-label={playing ? "Pause" : "Play"}
        onClick={() => (playing ? pause() : resume())}
      >
        <Icon name={playing ? "pause" : "play"} />
      </button>
      <button type="button" class="quiet" aria-label="Next" onClick={() => skip(1)}>
        <Icon name="next" />
      </button>
      <button
        type="button"
        class={repeat === "off" ? "quiet repeat" : "quiet repeat is-on"}
        aria-label={`Repeat: ${repeatWords[repeat]}`}
        onClick={() => setRepeat(nextRepeat[repeat])}
      >
        <Icon name="repeat" />
        {repeat === "one" && <sup aria-hidden="true">1</sup>}
      </button>
    </div>
  );
}

function Volume() {
  const volume = useStore(player, (state) => state.volume);
  return (
    <label class="volume">
      <Icon name="volume" />
      <span class="unseen">Volume</span>
      <input
        type="range"
        class="line"
        min={0}
        max={1}
        step={0.05}
        value={volume}
        style={{ "--part": `${volume * 100}%` }}
        onInput={(event) => setVolume(event.currentTarget.valueAsNumber)}
      />
    </label>
  );
}

export function PlayerBar() {
  const track = useStore(player, ({ queue }) => currentTrack(queue));
  if (track === null) return null;
  return (
    <section class="bar" aria-label="Player">
      <div class="bar-song">
        <button
          type="button"
          class="bar-cover"
          aria-label="Show what plays, and the queue"
          onClick={() => stage.set(true)}
        >
          <Cover url={track.coverUrl} name={track.album} eager />
        </button>
        <span class="bar-words">
          <a class="bar-title" href={hrefOf("album", track.albumId)}>
            {track.title}
          </a>
          <a class="bar-by" href={hrefOf("artist", track.artistId)}>
            {track.artist}
          </a>
        </span>
        <Heart kind="track" of={track} name={track.title} />
      </div>
      <div class="bar-middle">
        <Transport />
        <SeekLine />
      </div>
      <div class="bar-end">
        <button type="button" class="quiet" aria-label="Queue" onClick={() => stage.set(true)}>
          <Icon name="queue" />
        </button>
        <Volume />
      </div>
    </section>
  );
}
