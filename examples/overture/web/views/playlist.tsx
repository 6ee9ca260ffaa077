import { useState } from "preact/hooks";

import type {
  ChangePlaylist,
  NewPlaylist,
  PlaylistAnswer,
  PlaylistsAnswer,
} from "../../src/api/playlists-api.ts";
import { copies } from "../copies/copies-state.ts";
import { Cover } from "../parts/cover.tsx";
import { Dialog } from "../parts/dialog.tsx";
import { Icon } from "../parts/icon.tsx";
import { Menu } from "../parts/menu.tsx";
import { Empty, Title, Whole } from "../parts/page-state.tsx";
import { Playlists } from "../parts/shelf.tsx";
import { TrackList } from "../parts/track-list.tsx";
import { patch, post, send } from "../state/api.ts";
import { useLoad } from "../state/load.ts";
import { playTracks } from "../state/player.ts";
import { goTo } from "../state/route.ts";
import { keeper } from "../state/session.ts";
import { useStore } from "../state/store.ts";
import { tell } from "../state/told.ts";
import { counted, longTime } from "../state/words.ts";
import { OfflineSwitch } from "./offline.tsx";

function failed(error: unknown): void {
  tell(error instanceof Error ? error.message : "That did not work");
}

export function PlaylistsView() {
  const [playlists, again] = useLoad<PlaylistsAnswer>("/api/playlists");
  const [name, setName] = useState("");
  const create = async (event: Event) => {
    event.preventDefault();
    const body: NewPlaylist = { name: name.trim() === "" ? "New playlist" : name.trim() };
    try {
      const { id } = await post<PlaylistAnswer>("/api/playlists", body);
      goTo("playlist", id);
    } catch (error) {
      failed(error);
    }
  };
  return (
    <>
      <Title>Playlists</Title>
      <form class="row-form" onSubmit={(event) => void create(event)}>
        <label class="field">
          <span>A new playlist called</span>
          <input value={name} maxLength={120} onInput={(event) => setName(event.currentTarget.value)} />
        </label>
        <button class="button">Create</button>
      </form>
      <Whole of={playlists} again={again}>
        {(answer) =>
          answer.playlists.length === 0 ? (
            <Empty title="No playlists yet">
              <p>Make one here, or add songs to one wherever you see them.</p>
            </Empty>
          ) : (
            <Playlists playlists={answer.playlists} />
          )
        }
      </Whole>
    </>
  );
}

function Rename({ playlist, done }: { readonly playlist: PlaylistAnswer; readonly done: () => void }) {
  const [name, setName] = useState(playlist.name);
  const save = async (event: Event) => {
    event.preventDefault();
    const body: ChangePlaylist = { name: name.trim(), revision: playlist.revision };
    await patch<PlaylistAnswer>(`/api/playlists/${encodeURIComponent(playlist.id)}`, body).catch(failed);
    done();
  };
  return (
    <Dialog title="Rename the playlist" onClose={done}>
      <form class="row-form" onSubmit={(event) => void save(event)}>
        <label class="field">
          <span>Name</span>
          <input
            value={name}
            required
            maxLength={120}
            onInput={(event) => setName(event.currentTarget.value)}
          />
        </label>
        <button class="button">Save</button>
      </form>
    </Dialog>
  );
}

export function PlaylistView({ id }: { readonly id: string }) {
  const path = `/api/playlists/${encodeURIComponent(id)}`;
  const [playlist, again] = useLoad<PlaylistAnswer>(path, async () => (await keeper?.playlist(id)) ?? null);
  const [renaming, setRenaming] = useState(false);
  const isOffline = useStore(copies, ({ playlists }) => playlists.some((each) => each.id === id));

  async function reorder(answer: PlaylistAnswer, change: (ids: string[]) => void): Promise<void> {
    const trackIds = answer.tracks.map((track) => track.id);
    change(trackIds);
    const body: ChangePlaylist = { trackIds, revision: answer.revision };
    try {
      await patch<PlaylistAnswer>(path, body);
      if (isOffline) void keeper?.sync();
    } catch (error) {
      failed(error);
    }
    again();
  }
  async function remove(name: string): Promise<void> {
    try {
      if (isOffline) await keeper?.release(id);
      await send("DELETE", path);
      tell(`${name} is gone`);
      goTo("playlists");
    } catch (error) {
      failed(error);
    }
  }
  return (
    <Whole of={playlist} again={again}>
      {(answer) => (
        <>
          <section class="front">
            <Cover url={answer.coverUrl} name={answer.name} eager />
            <div>
              <p class="kicker">Playlist</p>
              <h1 tabIndex={-1}>{answer.name}</h1>
              <p class="front-facts">
                {counted(answer.trackCount, "song")} · {longTime(answer.durationMs)}
              </p>
              <div class="actions">
                <button
                  type="button"
                  class="button"
                  disabled={answer.tracks.length === 0}
                  onClick={() => playTracks(answer.tracks)}
                >
                  <Icon name="play" /> Play
                </button>
                <OfflineSwitch playlist={answer} />
                <Menu label={`More for ${answer.name}`}>
                  <button type="button" onClick={() => playTracks(answer.tracks, 0, true)}>
                    Shuffle
                  </button>
                  <button type="button" onClick={() => setRenaming(true)}>
                    Rename…
                  </button>
                  <button type="button" onClick={() => void remove(answer.name)}>
                    Delete the playlist
                  </button>
                </Menu>
              </div>
            </div>
          </section>
          {answer.tracks.length === 0 ? (
            <Empty title="An empty playlist">
              <p>Use “Add to a playlist” beside any song.</p>
            </Empty>
          ) : (
            <TrackList
              tracks={answer.tracks}
              label={`Songs of ${answer.name}`}
              actions={(at) => (
                <>
                  {at > 0 && (
                    <button
                      type="button"
                      onClick={() =>
                        void reorder(answer, (ids) => ids.splice(at - 1, 0, ...ids.splice(at, 1)))
                      }
                    >
                      Move up
                    </button>
                  )}
                  {at < answer.tracks.length - 1 && (
                    <button
                      type="button"
                      onClick={() =>
                        void reorder(answer, (ids) => ids.splice(at + 1, 0, ...ids.splice(at, 1)))
                      }
                    >
                      Move down
                    </button>
                  )}
                  <button type="button" onClick={() => void reorder(answer, (ids) => ids.splice(at, 1))}>
                    Take out of the playlist
                  </button>
                </>
              )}
            />
          )}
          {renaming && (
            <Rename
              playlist={answer}
              done={() => {
                setRenaming(false);
                again();
              }}
            />
          )}
        </>
      )}
    </Whole>
  );
}
