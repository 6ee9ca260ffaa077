import type { ComponentChildren } from "preact";

import type { Track } from "../../src/api/library-api.ts";
import { copies } from "../copies/copies-state.ts";
import { pause, player, playTracks, resume, setQueue } from "../state/player.ts";
import { append, currentTrack, insertNext } from "../state/queue.ts";
import type { Queue } from "../state/queue.ts";
import { hrefOf } from "../state/route.ts";
import { useStore } from "../state/store.ts";
import { tell } from "../state/told.ts";
import { clockTime } from "../state/words.ts";
import { toAdd } from "./add-to-playlist.tsx";
import { Cover } from "./cover.tsx";
import { Heart } from "./heart.tsx";
import { Icon } from "./icon.tsx";
import { Menu } from "./menu.tsx";

interface TrackListProps {
  readonly tracks: readonly Track[];
  readonly label: string;
  /** On an album its numbers stand in front; elsewhere the sleeves. */
  readonly album?: boolean;
  /** More actions for the track at an index. */
  readonly actions?: (index: number) => ComponentChildren;
}

function change(queue: Queue, words: string): void {
  setQueue(queue);
  tell(words);
}

export function TrackList({ tracks, label, album = false, actions }: TrackListProps) {
  const currentId = useStore(player, ({ queue }) => currentTrack(queue)?.id ?? null);
  const playing = useStore(player, (state) => state.playing);
  const kept = useStore(copies, (state) => state.kept);
  return (
    <ol class={album ? "tracks is-album" : "tracks"} aria-label={label}>
      {tracks.map((track, index) => {
        const current = track.id === currentId;
        const sounding = current && playing;
        const press = () => (sounding ? pause() : current ? resume() : playTracks(tracks, index));
        return (
          <li key={`${track.id}-${index}`} class={current ? "track is-current" : "track"}>
            <button
              type="button"
              class="track-play"
              aria-label={`${sounding ? "Pause" : "Play"} ${track.title} by ${track.artist}`}
              onClick={press}
            >
              {album ? (
                <span class="track-number">{track.number ?? index + 1}</span>
              ) : (
                <Cover url={track.coverUrl} name={track.album} />
              )}
              <span class="track-sign">{sounding ? <Bars /> : <Icon name="play" />}</span>
            </button>
            <span class="track-words">
              <span class="track-title">{track.title}</span>
              <span class="track-by">
                <a href={hrefOf("artist", track.artistId)}>{track.artist}</a>
                {!album && (
                  <>
                    {" · "}
                    <a href={hrefOf("album", track.albumId)}>{track.album}</a>
                  </>
                )}
              </span>
            </span>
            {kept.has(track.id) && (
              <span class="track-kept" title="On this device">
                <Icon name="downKept" />
                <span class="unseen">on this device</span>
              </span>
            )}
            <Heart kind="track" of={track} name={track.title} />
            <span class="track-time">{clockTime(track.durationMs)}</span>
            <Menu label={`More for ${track.title}`}>
              <button
                type="button"
                onClick={() => change(insertNext(player.value.queue, [track]), `${track.title} plays next`)}
              >
                Play next
              </button>
              <button
                type="button"
                onClick={() => change(append(player.value.queue, [track]), `${track.title} is in the queue`)}
              >
                Add to the queue
              </button>
              <button type="button" onClick={() => toAdd.set([track])}>
                Add to a playlist…
              </button>
              {actions?.(index)}
            </Menu>
          </li>
        );
      })}
    </ol>
  );
}

/** Four bars that move while a track sounds. */
function Bars() {
  return (
    <svg class="bars" viewBox="0 0 16 16" aria-hidden="true" focusable="false">
      <rect x="1" y="2" width="2.5" height="12" />
      <rect x="5" y="2" width="2.5" height="12" />
      <rect x="9" y="2" width="2.5" height="12" />
      <rect x="13" y="2" width="2.5" height="12" />
    </svg>
  );
}
