import { playlistTracksMax } from "../listening/playlists.ts";
import type { StoredPlaylist } from "../listening/playlists.ts";
import type { Node } from "./answer.ts";
import type { Call, Endpoint } from "./call.ts";
import { playlistNode, songNodes } from "./items.ts";
import { SubsonicError } from "./subsonic-error.ts";

const nameCharsMax = 200;

function own(call: Call, id: string): StoredPlaylist {
  const found = call.listening.playlists.find(call.owner.accountId, id);
  if (found === null) throw new SubsonicError(70);
  return found;
}

function withSongs(call: Call, playlist: StoredPlaylist): Node {
  const entry = songNodes(call, call.library.library.tracksById(playlist.trackIds));
  return { playlist: { ...playlistNode(call, playlist), entry } };
}

/** Throws 70 when one of them is no track. */
function tracks(call: Call, ids: readonly string[]): readonly string[] {
  const known = new Set(call.library.library.tracksById(ids).map(({ id }) => id));
  if (!ids.every((id) => known.has(id))) throw new SubsonicError(70);
  return ids;
}

function changed(outcome: StoredPlaylist | "missing" | "conflict"): StoredPlaylist {
  if (outcome === "missing") throw new SubsonicError(70);
  if (outcome === "conflict") throw new SubsonicError(0, { message: "The playlist has changed meanwhile." });
  return outcome;
}

function named(value: string): string {
  return value.slice(0, nameCharsMax);
}

/** getPlaylists, getPlaylist, createPlaylist, updatePlaylist, deletePlaylist. */
export const playlistEndpoints: Readonly<Record<string, Endpoint>> = {
  getPlaylists: (call) => ({
    playlists: {
      playlist: call.listening.playlists.all(call.owner.accountId).map((each) => playlistNode(call, each)),
    },
  }),

  getPlaylist: (call) => withSongs(call, own(call, call.parameters.need("id"))),

  /** With `playlistId` it replaces the songs of one that is there. */
  createPlaylist: (call) => {
    const { parameters, listening, owner, nowMs } = call;
    const trackIds = tracks(call, parameters.all("songId"));
    const id = parameters.get("playlistId");
    if (id !== null) {
      const { revision } = own(call, id);
      const name = parameters.get("name");
      const change = { trackIds, revision, ...(name === null ? {} : { name: named(name) }) };
      return withSongs(call, changed(listening.playlists.change(owner.accountId, id, change, nowMs())));
    }
    const wanted = { name: named(parameters.need("name")), comment: "", trackIds };
    const made = listening.playlists.make(owner.accountId, wanted, nowMs());
    if (made === null) throw new SubsonicError(50, { message: "That is more playlists than one may have." });
    return withSongs(call, made);
  },

  updatePlaylist: (call) => {
    const { parameters, listening, owner, nowMs } = call;
    const before = own(call, parameters.need("playlistId"));
    const removed = new Set(parameters.all("songIndexToRemove").map(Number));
    const added = tracks(call, parameters.all("songIdToAdd"));
    const trackIds = [...before.trackIds.filter((_, n) => !removed.has(n)), ...added];
    if (trackIds.length > playlistTracksMax) throw new SubsonicError(50);
    const name = parameters.get("name");
    const comment = parameters.get("comment");
    const change = {
      trackIds,
      revision: before.revision,
      ...(name === null ? {} : { name: named(name) }),
      ...(comment === null ? {} : { comment: comment.slice(0, 2000) }),
    };
    changed(listening.playlists.change(owner.accountId, before.id, change, nowMs()));
    return {};
  },

  deletePlaylist: (call) => {
    const { parameters, listening, owner } = call;
    if (!listening.playlists.remove(owner.accountId, parameters.need("id"))) throw new SubsonicError(70);
    return {};
  },
};
