import { useState } from "preact/hooks";

import type { Track } from "../../src/api/library-api.ts";
import type { AddTracks, NewPlaylist, PlaylistAnswer, PlaylistsAnswer } from "../../src/api/playlists-api.ts";
import { post } from "../state/api.ts";
import { useLoad } from "../state/load.ts";
import { Store, useStore } from "../state/store.ts";
import { tell } from "../state/told.ts";
import { counted } from "../state/words.ts";
import { Dialog } from "./dialog.tsx";

/** Tracks that wait for a playlist to be chosen; null: none. */
export const toAdd = new Store<readonly Track[] | null>(null);

async function say(change: Promise<PlaylistAnswer>, tracks: readonly Track[]): Promise<void> {
  toAdd.set(null);
  try {
    const { name } = await change;
    tell(`${counted(tracks.length, "song")} added to ${name}`);
  } catch (error) {
    tell(error instanceof Error ? error.message : "That did not work");
  }
}

function Choice({ tracks }: { readonly tracks: readonly Track[] }) {
  const [playlists] = useLoad<PlaylistsAnswer>("/api/playlists");
  const [name, setName] = useState("");
  const trackIds = tracks.map(({ id }) => id);
  const create = (event: Event) => {
    event.preventDefault();
    const body: NewPlaylist = { name: name.trim() === "" ? "New playlist" : name.trim(), trackIds };
    void say(post<PlaylistAnswer>("/api/playlists", body), tracks);
  };
  const add = (id: string) => {
    const body: AddTracks = { trackIds };
    void say(post<PlaylistAnswer>(`/api/playlists/${encodeURIComponent(id)}/tracks`, body), tracks);
  };
  return (
    <Dialog title="Add to a playlist" onClose={() => toAdd.set(null)}>
      <form class="row-form" onSubmit={create}>
        <label class="field">
          <span>A new one called</span>
          <input
            value={name}
            maxLength={120}
            placeholder="New playlist"
            onInput={(event) => setName(event.currentTarget.value)}
          />
        </label>
        <button class="button">Create</button>
      </form>
      {playlists.kind === "here" && (
        <ul class="plain choices">
          {playlists.answer.playlists.map((playlist) => (
            <li key={playlist.id}>
              <button type="button" class="choice" onClick={() => add(playlist.id)}>
                <b>{playlist.name}</b>
                <span>{counted(playlist.trackCount, "song")}</span>
              </button>
            </li>
          ))}
        </ul>
      )}
    </Dialog>
  );
}

export function AddToPlaylist() {
  const tracks = useStore(toAdd, (value) => value);
  return tracks === null ? null : <Choice tracks={tracks} />;
}
