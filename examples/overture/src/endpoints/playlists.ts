import type { FastifyInstance } from "fastify";

import type {
  AddTracks,
  ChangePlaylist,
  NewPlaylist,
  PlaylistAnswer,
  PlaylistsAnswer,
} from "../api/playlists-api.ts";
import type { Library } from "../library/library.ts";
import type { LibraryView } from "../listening/library-view.ts";
import { playlistTracksMax } from "../listening/playlists.ts";
import type { Playlists, StoredPlaylist } from "../listening/playlists.ts";
import { answerProblem } from "./answer-problem.ts";
import { sessionOr401 } from "./authenticate.ts";
import { idSchema } from "./page-query.ts";

interface PlaylistsOptions {
  readonly library: Library;
  readonly view: LibraryView;
  readonly playlists: Playlists;
  readonly nowMs: () => number;
}

const properties = {
  name: { type: "string", minLength: 1, maxLength: 200 },
  comment: { type: "string", maxLength: 2000 },
  trackIds: { type: "array", items: idSchema, maxItems: playlistTracksMax },
} as const;
const body = (required: readonly string[], more: object = {}) => ({
  schema: {
    body: { type: "object", required, additionalProperties: false, properties: { ...properties, ...more } },
  },
});

/** GET and POST /api/playlists; GET, PATCH and DELETE /api/playlists/:id; POST /api/playlists/:id/tracks. Guarded. */
export function registerPlaylists(app: FastifyInstance, options: PlaylistsOptions): void {
  const { library, view, playlists, nowMs } = options;

  const whole = (accountId: string, playlist: StoredPlaylist): PlaylistAnswer => ({
    ...view.playlist(playlist),
    tracks: view.tracks(accountId, library.tracksById(playlist.trackIds)),
  });
  const areTracks = (ids: readonly string[]) => {
    const known = new Set(library.tracksById(ids).map(({ id }) => id));
    return ids.every((id) => known.has(id));
  };

  app.get("/api/playlists", (request, reply) => {
    const session = sessionOr401(request, reply);
    if (session === null) return reply;
    const all = playlists.all(session.accountId).map((each) => view.playlist(each));
    return reply.send({ playlists: all } satisfies PlaylistsAnswer);
  });

  app.post<{ Body: NewPlaylist }>("/api/playlists", body(["name"]), (request, reply) => {
    const session = sessionOr401(request, reply);
    if (session === null) return reply;
    const { name, comment = "", trackIds = [] } = request.body;
    if (!areTracks(trackIds)) return answerProblem(reply, "notFound");
    const made = playlists.make(session.accountId, { name, comment, trackIds }, nowMs());
    return made === null
      ? answerProblem(reply, "tooMany")
      : reply.code(201).send(whole(session.accountId, made));
  });

  app.get<{ Params: { id: string } }>("/api/playlists/:id", (request, reply) => {
    const session = sessionOr401(request, reply);
    if (session === null) return reply;
    const found = playlists.find(session.accountId, request.params.id);
    return found === null ? answerProblem(reply, "notFound") : reply.send(whole(session.accountId, found));
  });

  app.patch<{ Params: { id: string }; Body: ChangePlaylist }>(
    "/api/playlists/:id",
    body([], { revision: { type: "integer" } }),
    (request, reply) => {
      const session = sessionOr401(request, reply);
      if (session === null) return reply;
      const { trackIds } = request.body;
      const before = playlists.find(session.accountId, request.params.id);
      if (before === null) return answerProblem(reply, "notFound");
      // Tracks that went away may stay in a list; none that never were may come in.
      const added = trackIds?.filter((id) => !before.trackIds.includes(id)) ?? [];
      if (!areTracks(added)) return answerProblem(reply, "notFound");
      const changed = playlists.change(session.accountId, before.id, request.body, nowMs());
      if (changed === "missing") return answerProblem(reply, "notFound");
      if (changed === "conflict") return answerProblem(reply, "conflict");
      return reply.send(whole(session.accountId, changed));
    },
  );

  app.post<{ Params: { id: string }; Body: AddTracks }>(
    "/api/playlists/:id/tracks",
    body(["trackIds"]),
    (request, reply) => {
      const session = sessionOr401(request, reply);
      if (session === null) return reply;
      const before = playlists.find(session.accountId, request.params.id);
      if (before === null || !areTracks(request.body.trackIds)) return answerProblem(reply, "notFound");
      const trackIds = [...before.trackIds, ...request.body.trackIds];
      if (trackIds.length > playlistTracksMax) return answerProblem(reply, "tooMany");
      const { revision } = before;
      const changed = playlists.change(session.accountId, before.id, { trackIds, revision }, nowMs());
      if (typeof changed === "string") return answerProblem(reply, "conflict");
      return reply.send(whole(session.accountId, changed));
    },
  );

  app.delete<{ Params: { id: string } }>("/api/playlists/:id", (request, reply) => {
    const session = sessionOr401(request, reply);
    if (session === null) return reply;
    if (!playlists.remove(session.accountId, request.params.id)) return answerProblem(reply, "notFound");
    return reply.code(204).send();
  });
}
