import { formatInstant } from "@cordon/model";
import type { FastifyInstance } from "fastify";

import type { QueueAnswer, SaveQueue } from "../api/playlists-api.ts";
import type { Library } from "../library/library.ts";
import type { LibraryView } from "../listening/library-view.ts";
import { queueTracksMax } from "../listening/play-queues.ts";
import type { PlayQueues } from "../listening/play-queues.ts";
import { sessionOr401 } from "./authenticate.ts";
import { idSchema } from "./page-query.ts";

interface PlayQueueOptions {
  readonly library: Library;
  readonly view: LibraryView;
  readonly queues: PlayQueues;
  readonly nowMs: () => number;
}

const schema = {
  body: {
    type: "object",
    required: ["trackIds", "currentIndex", "positionMs"],
    additionalProperties: false,
    properties: {
      trackIds: { type: "array", items: idSchema, maxItems: queueTracksMax },
      currentIndex: { type: "integer", minimum: 0, maximum: queueTracksMax },
      positionMs: { type: "integer", minimum: 0, maximum: 86_400_000 },
    },
  },
} as const;

/** GET and PUT /api/queue: where the account was, for any of its devices to go on. Guarded. */
export function registerPlayQueue(app: FastifyInstance, options: PlayQueueOptions): void {
  const { library, view, queues, nowMs } = options;

  app.get("/api/queue", (request, reply) => {
    const session = sessionOr401(request, reply);
    if (session === null) return reply;
    const saved = queues.find(session.accountId);
    const known = library.tracksById(saved?.trackIds ?? []);
    const present = new Set(known.map(({ id }) => id));
    // Tracks that went away before the current one move it up.
    const before = saved?.trackIds.slice(0, saved.currentIndex).filter((id) => present.has(id)).length ?? 0;
    const current = saved?.trackIds[saved.currentIndex];
    const stays = current !== undefined && present.has(current);
    return reply.send({
      tracks: view.tracks(session.accountId, known),
      currentIndex: Math.max(0, Math.min(before, known.length - 1)),
      positionMs: stays ? (saved?.positionMs ?? 0) : 0,
      changedAt: saved === null ? null : formatInstant(saved.changedAtMs),
    } satisfies QueueAnswer);
  });

  app.put<{ Body: SaveQueue }>("/api/queue", { schema }, (request, reply) => {
    const session = sessionOr401(request, reply);
    if (session === null) return reply;
    queues.save(session.accountId, { ...request.body, changedAtMs: nowMs() });
    return reply.code(204).send();
  });
}
