import type { FastifyInstance } from "fastify";

import type { CoverStore } from "../library/cover-store.ts";
import { sendFile } from "../streaming/send-file.ts";
import { answerProblem } from "./answer-problem.ts";
import { sessionOr401 } from "./authenticate.ts";

/** An id names the picture's contents, so a cover never changes. */
export const coverCacheControl = "private, max-age=31536000, immutable";

/** GET /api/covers/:id. Guarded. */
export function registerCovers(app: FastifyInstance, covers: CoverStore): void {
  app.get<{ Params: { id: string } }>("/api/covers/:id", async (request, reply) => {
    if (sessionOr401(request, reply) === null) return reply;
    const cover = covers.find(request.params.id);
    const sent =
      cover !== null &&
      (await sendFile(request, reply, { ...cover, path: cover.file, cacheControl: coverCacheControl }));
    return sent ? reply : answerProblem(reply, "notFound");
  });
}
