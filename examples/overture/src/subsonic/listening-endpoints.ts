import { formatInstant } from "@cordon/model";

import type { FavouriteKind } from "../api/library-api.ts";
import { isInLibrary } from "../endpoints/favourites.ts";
import { queueTracksMax } from "../listening/play-queues.ts";
import type { Call, Endpoint } from "./call.ts";
import { songNodes } from "./items.ts";
import { SubsonicError } from "./subsonic-error.ts";

/** What a call names: `id` is a song here, and an album or artist where a client goes by folders. */
function marked({ parameters, library }: Call): readonly (readonly [FavouriteKind, string])[] {
  const kinds: readonly FavouriteKind[] = ["track", "album", "artist"];
  const anyOf = parameters.all("id").map((id) => {
    const kind = kinds.find((each) => isInLibrary(library.library, each, id));
    if (kind === undefined) throw new SubsonicError(70);
    return [kind, id] as const;
  });
  const items = [
    ...anyOf,
    ...parameters.all("albumId").map((id) => ["album", id] as const),
    ...parameters.all("artistId").map((id) => ["artist", id] as const),
  ];
  if (items.length === 0) throw new SubsonicError(10);
  return items;
}

/** star, unstar, scrobble, getPlayQueue, savePlayQueue. */
export const listeningEndpoints: Readonly<Record<string, Endpoint>> = {
  star: (call) => {
    const { listening, owner, library, nowMs } = call;
    for (const [kind, id] of marked(call)) {
      if (!isInLibrary(library.library, kind, id)) throw new SubsonicError(70);
      if (!listening.favourites.add(owner.accountId, kind, id, nowMs())) throw new SubsonicError(50);
    }
    return {};
  },

  unstar: (call) => {
    for (const [kind, id] of marked(call)) call.listening.favourites.remove(call.owner.accountId, kind, id);
    return {};
  },

  scrobble: (call) => {
    const { parameters, listening, library, owner, nowMs } = call;
    const ids = parameters.all("id");
    if (ids.length === 0) throw new SubsonicError(10);
    const times = parameters.all("time").map(Number);
    const isOnlyBegun = parameters.get("submission") === "false";
    ids.forEach((id, n) => {
      const track = library.library.track(id);
      if (track === null) throw new SubsonicError(70);
      const now = nowMs();
      const said = times[n] ?? now;
      if (!isOnlyBegun)
        listening.plays.add(owner.accountId, track, said > 0 && said <= now ? Math.floor(said) : now);
    });
    return {};
  },

  savePlayQueue: (call) => {
    const { parameters, listening, owner, nowMs } = call;
    const trackIds = parameters.all("id").slice(0, queueTracksMax);
    const current = parameters.get("current");
    const currentIndex = current === null ? 0 : trackIds.indexOf(current);
    if (currentIndex < 0) throw new SubsonicError(0, { message: "`current` is not in the queue." });
    const positionMs = parameters.whole("position", 0, 86_400_000);
    listening.queues.save(owner.accountId, { trackIds, currentIndex, positionMs, changedAtMs: nowMs() });
    return {};
  },

  getPlayQueue: (call) => {
    const { listening, owner, library } = call;
    const queue = listening.queues.find(owner.accountId);
    // The document requires a queue also of somebody who has kept none: an empty one, older than any that a client has.
    if (queue === null)
      return {
        playQueue: { username: owner.email, changed: formatInstant(0), changedBy: "overture", entry: [] },
      };
    const current = queue.trackIds[queue.currentIndex];
    return {
      playQueue: {
        username: owner.email,
        changed: formatInstant(queue.changedAtMs),
        changedBy: "overture",
        position: queue.positionMs,
        ...(current === undefined ? {} : { current }),
        entry: songNodes(call, library.library.tracksById(queue.trackIds)),
      },
    };
  },
};
