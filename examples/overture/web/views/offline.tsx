import type { PlaylistAnswer } from "../../src/api/playlists-api.ts";
import { copies } from "../copies/copies-state.ts";
import type { CopiesState, OfflinePlaylist } from "../copies/copies-state.ts";
import { Icon } from "../parts/icon.tsx";
import { Empty, Title } from "../parts/page-state.tsx";
import { hrefOf } from "../state/route.ts";
import { keeper } from "../state/session.ts";
import { useStore } from "../state/store.ts";
import { counted, dateWords, sizeWords } from "../state/words.ts";

function keptOf({ trackIds }: OfflinePlaylist, { kept }: CopiesState): number {
  return trackIds.filter((id) => kept.has(id)).length;
}

/** Takes a playlist offline, or brings it back to the network alone. */
export function OfflineSwitch({ playlist }: { readonly playlist: PlaylistAnswer }) {
  const state = useStore(copies, (value) => value);
  const taken = state.playlists.find(({ id }) => id === playlist.id);
  const own = keeper;
  if (!state.possible || own === null) return null;
  if (taken === undefined)
    return (
      <button
        type="button"
        class="button is-soft"
        disabled={playlist.tracks.length === 0}
        onClick={() => void own.take(playlist)}
      >
        <Icon name="down" /> Take offline
      </button>
    );
  const kept = keptOf(taken, state);
  return (
    <button
      type="button"
      class="button is-soft is-on"
      aria-pressed="true"
      onClick={() => void own.release(playlist.id)}
    >
      <Icon name="downKept" />{" "}
      {kept === taken.trackIds.length ? "Offline" : `Offline ${kept} of ${taken.trackIds.length}`}
    </button>
  );
}

function Activity({ state }: { readonly state: CopiesState }) {
  const { activity } = state;
  if (activity.kind === "idle") return null;
  return (
    <div class="notice" role="status">
      {activity.kind === "waiting" ? (
        <>
          <p>
            <b>You are number {activity.place} in the queue.</b> So that everybody gets their music quickly,
            only so many playlists are issued at once. This page may be left; it goes on by itself while
            Overture is open.
          </p>
        </>
      ) : (
        <>
          <p>
            Fetching <b>{activity.title}</b>, {activity.done + 1} of {activity.of}
          </p>
          <progress max={activity.of} value={activity.done} aria-label="Songs fetched" />
        </>
      )}
    </div>
  );
}

function Trouble({ state, retry }: { readonly state: CopiesState; readonly retry: () => void }) {
  const { trouble } = state;
  if (trouble === null) return null;
  return (
    <div class="notice is-trouble" role="alert">
      {trouble.kind === "full" && (
        <p>
          <b>This device is full.</b> {trouble.kept} of {counted(trouble.of, "song")} could be kept; the rest
          play only online. Free some space, or take fewer playlists offline, and try again.
        </p>
      )}
      {trouble.kind === "damaged" && (
        <p>
          <b>The copy of {trouble.title} was damaged</b> and has been thrown away. It is fetched again as soon
          as you are online.
        </p>
      )}
      {trouble.kind === "failed" && (
        <p>
          <b>Not everything could be fetched.</b> {trouble.why}.
        </p>
      )}
      <p class="actions">
        <button type="button" class="button" onClick={retry}>
          Try again
        </button>
      </p>
    </div>
  );
}

function Space({ state }: { readonly state: CopiesState }) {
  const ends = [...state.kept.values()].map(({ expiresAt }) => expiresAt).toSorted();
  const [first] = ends;
  return (
    <section class="space">
      <p class="space-used">
        <b>{sizeWords(state.usedBytes)}</b> on this device
        {state.quotaBytes !== null && <span> of {sizeWords(state.quotaBytes)} that the browser allows</span>}
      </p>
      <progress
        max={state.quotaBytes ?? Math.max(1, state.usedBytes)}
        value={state.usedBytes}
        aria-label="Space used"
      />
      {first !== undefined && (
        <p class="fine">
          Plays without a network until {dateWords(first)}; a moment online before then extends it by itself.{" "}
          {state.persistent
            ? "The browser has promised to keep it."
            : "The browser may clear it when the device runs out of space."}
        </p>
      )}
    </section>
  );
}

export function OfflineView() {
  const state = useStore(copies, (value) => value);
  const own = keeper;
  if (!state.possible || own === null)
    return (
      <>
        <Title>Offline playlists</Title>
        <Empty title="This browser keeps nothing here">
          <p>In a private window, or where storage is switched off, music plays online only.</p>
        </Empty>
      </>
    );
  return (
    <>
      <Title>Offline playlists</Title>
      {state.recalled > 0 && (
        <div class="notice" role="status">
          <p>
            <b>Your offline songs are being issued anew.</b> Older copies were removed from this device:{" "}
            {counted(state.recalled, "song")}. The playlists stay as they are and are fetched again by
            themselves.
          </p>
        </div>
      )}
      <Activity state={state} />
      <Trouble state={state} retry={() => void own.sync()} />
      <Space state={state} />
      {state.playlists.length === 0 ? (
        <Empty title="Nothing is offline yet">
          <p>
            Open a playlist and press “Take offline”: it then plays on a train, on a plane, and with the
            server switched off.
          </p>
          <p class="actions">
            <a class="button" href="#/playlists">
              To the playlists
            </a>
          </p>
        </Empty>
      ) : (
        <ul class="plain rows">
          {state.playlists.map((playlist) => {
            const kept = keptOf(playlist, state);
            return (
              <li key={playlist.id} class="row">
                <a href={hrefOf("playlist", playlist.id)}>
                  <b>{playlist.name}</b>
                </a>
                <span>
                  {kept === playlist.trackIds.length
                    ? `${counted(kept, "song")}, all here`
                    : `${kept} of ${counted(playlist.trackIds.length, "song")} here`}
                </span>
                <button type="button" class="button is-soft" onClick={() => void own.release(playlist.id)}>
                  Remove
                </button>
              </li>
            );
          })}
        </ul>
      )}
      <p class="fine">
        Copies are encrypted for this browser and can be recalled. That keeps honest copies honest; it can't
        stop somebody who copies this browser's whole profile.
      </p>
    </>
  );
}
