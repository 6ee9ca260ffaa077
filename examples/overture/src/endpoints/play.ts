import type { FastifyInstance } from "fastify";

import { sessionOr401 } from "./authenticate.ts";

/** POST /play/:trackId: asks for a track. Guarded. */
export function registerPlay(app: FastifyInstance): void {
  app.post<{ Params: { trackId: string } }>("/play/:trackId", (request, reply) => {
    if (sessionOr401(request, reply) === null) return reply;
    return reply.send({ trackId: request.params.trackId });
  });
}
