import type { FastifyInstance } from "fastify";

import { favouriteKinds } from "../api/library-api.ts";
import type { FavouriteKind, FavouritesAnswer } from "../api/library-api.ts";
import type { Library } from "../library/library.ts";
import { answerProblem } from "./answer-problem.ts";
import { sessionOr401 } from "./authenticate.ts";
import type { LibraryRoutesOptions } from "./library.ts";

interface FavouriteParams {
  readonly kind: FavouriteKind;
  readonly id: string;
}

const schema = {
  params: {
    type: "object",
    properties: { kind: { enum: favouriteKinds }, id: { type: "string", maxLength: 64 } },
  },
} as const;

/** Whether the library has such a thing: nothing else can be marked. */
export function isInLibrary(library: Library, kind: FavouriteKind, id: string): boolean {
  const found =
    kind === "artist" ? library.artist(id) : kind === "album" ? library.album(id) : library.track(id);
  return found !== null;
}

/** GET /api/favourites, PUT and DELETE /api/favourites/:kind/:id. Guarded. */
export function registerFavourites(
  app: FastifyInstance,
  options: LibraryRoutesOptions & { readonly nowMs: () => number },
): void {
  const { library, view, favourites, nowMs } = options;

  app.get("/api/favourites", (request, reply) => {
    const session = sessionOr401(request, reply);
    if (session === null) return reply;
    const { accountId } = session;
    const marked = (kind: FavouriteKind) => [...favourites.all(accountId, kind).keys()];
    return reply.send({
      artists: view.artists(accountId, library.artistsById(marked("artist"))),
      albums: view.albums(accountId, library.albumsById(marked("album"))),
      tracks: view.tracks(accountId, library.tracksById(marked("track"))),
    } satisfies FavouritesAnswer);
  });

  app.put<{ Params: FavouriteParams }>("/api/favourites/:kind/:id", { schema }, (request, reply) => {
    const session = sessionOr401(request, reply);
    if (session === null) return reply;
    const { kind, id } = request.params;
    if (!isInLibrary(library, kind, id)) return answerProblem(reply, "notFound");
    if (!favourites.add(session.accountId, kind, id, nowMs())) return answerProblem(reply, "tooMany");
    return reply.code(204).send();
  });

  app.delete<{ Params: FavouriteParams }>("/api/favourites/:kind/:id", { schema }, (request, reply) => {
    const session = sessionOr401(request, reply);
    if (session === null) return reply;
    favourites.remove(session.accountId, request.params.kind, request.params.id);
    return reply.code(204).send();
  });
}
