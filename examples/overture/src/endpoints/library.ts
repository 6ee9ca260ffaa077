import type { FastifyInstance } from "fastify";

import { albumOrders } from "../api/library-api.ts";
import type {
  AlbumAnswer,
  AlbumOrder,
  AlbumsAnswer,
  ArtistAnswer,
  ArtistsAnswer,
  LibraryAnswer,
  SearchAnswer,
  TracksAnswer,
} from "../api/library-api.ts";
import type { Library } from "../library/library.ts";
import type { LibraryAlbum } from "../library/library-items.ts";
import type { Favourites } from "../listening/favourites.ts";
import type { LibraryView } from "../listening/library-view.ts";
import type { Plays } from "../listening/plays.ts";
import { answerProblem } from "./answer-problem.ts";
import { sessionOr401 } from "./authenticate.ts";
import { idSchema, pageProperties } from "./page-query.ts";
import type { PageQuery } from "./page-query.ts";

export interface LibraryRoutesOptions {
  readonly library: Library;
  readonly view: LibraryView;
  readonly favourites: Favourites;
  readonly plays: Plays;
  readonly isScanning: () => boolean;
}

const idsMax = 500;
const query = (properties: object) => ({
  schema: { querystring: { type: "object", properties, additionalProperties: false } },
});

/** GET /api/library, /api/artists, /api/albums, /api/tracks and /api/search. Guarded. */
export function registerLibrary(app: FastifyInstance, options: LibraryRoutesOptions): void {
  const { library, view, favourites, plays, isScanning } = options;

  app.get("/api/library", (request, reply) => {
    if (sessionOr401(request, reply) === null) return reply;
    return reply.send({ ...library.counts(), scanning: isScanning() } satisfies LibraryAnswer);
  });

  app.get<{ Querystring: PageQuery }>("/api/artists", query(pageProperties), (request, reply) => {
    const session = sessionOr401(request, reply);
    if (session === null) return reply;
    const artists = view.artists(session.accountId, library.artists(request.query));
    const { offset } = request.query;
    return reply.send({ artists, offset, total: library.counts().artists } satisfies ArtistsAnswer);
  });

  app.get<{ Params: { id: string } }>("/api/artists/:id", (request, reply) => {
    const session = sessionOr401(request, reply);
    if (session === null) return reply;
    const found = library.artist(request.params.id);
    const [artist] = found === null ? [] : view.artists(session.accountId, [found]);
    if (artist === undefined) return answerProblem(reply, "notFound");
    const albums = view.albums(session.accountId, library.albumsOf(artist.id));
    return reply.send({ ...artist, albums } satisfies ArtistAnswer);
  });

  function albumsOf(accountId: string, order: AlbumOrder, page: PageQuery): readonly LibraryAlbum[] {
    if (order === "recent" || order === "frequent")
      return library.albumsById(plays.albums(accountId, order, page));
    if (order === "favourites") {
      const marked = [...favourites.all(accountId, "album").keys()];
      return library.albumsById(marked.slice(page.offset, page.offset + page.limit));
    }
    return library.albums({ order, ...page });
  }

  app.get<{ Querystring: PageQuery & { order: AlbumOrder } }>(
    "/api/albums",
    query({ ...pageProperties, order: { enum: albumOrders, default: "title" } }),
    (request, reply) => {
      const session = sessionOr401(request, reply);
      if (session === null) return reply;
      const { order, offset, limit } = request.query;
      const albums = view.albums(session.accountId, albumsOf(session.accountId, order, { offset, limit }));
      return reply.send({ albums, offset, total: library.counts().albums } satisfies AlbumsAnswer);
    },
  );

  app.get<{ Params: { id: string } }>("/api/albums/:id", (request, reply) => {
    const session = sessionOr401(request, reply);
    if (session === null) return reply;
    const found = library.album(request.params.id);
    const [album] = found === null ? [] : view.albums(session.accountId, [found]);
    if (album === undefined) return answerProblem(reply, "notFound");
    const tracks = view.tracks(session.accountId, library.tracksOf(album.id));
    return reply.send({ ...album, tracks } satisfies AlbumAnswer);
  });

  app.get<{ Querystring: { id: string[] } }>(
    "/api/tracks",
    query({ id: { type: "array", items: idSchema, maxItems: idsMax, default: [] } }),
    (request, reply) => {
      const session = sessionOr401(request, reply);
      if (session === null) return reply;
      const tracks = view.tracks(session.accountId, library.tracksById(request.query.id));
      return reply.send({ tracks } satisfies TracksAnswer);
    },
  );

  app.get<{ Querystring: { q: string; limit: number } }>(
    "/api/search",
    query({
      q: { type: "string", maxLength: 200, default: "" },
      limit: { ...pageProperties.limit, default: 20 },
    }),
    (request, reply) => {
      const session = sessionOr401(request, reply);
      if (session === null) return reply;
      const { q, limit } = request.query;
      const part = { offset: 0, limit };
      const found = library.search(q, { artists: part, albums: part, tracks: part });
      return reply.send({
        artists: view.artists(session.accountId, found.artists),
        albums: view.albums(session.accountId, found.albums),
        tracks: view.tracks(session.accountId, found.tracks),
      } satisfies SearchAnswer);
    },
  );
}
