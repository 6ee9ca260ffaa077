import type { FastifyInstance } from "fastify";

import type { Library } from "../library/library.ts";
import type { OpenStreams } from "../streaming/open-streams.ts";
import { sendFile } from "../streaming/send-file.ts";
import { answerProblem } from "./answer-problem.ts";
import { sessionOr401 } from "./authenticate.ts";

interface StreamOptions {
  readonly library: Library;
  readonly streams: OpenStreams;
}

/** The gate is asked about every request: nothing may be played from a cache without it. */
export const audioCacheControl = "private, no-cache";

/** GET /api/stream/:trackId: the audio as it stands, with ranges. Guarded. */
export function registerStream(app: FastifyInstance, { library, streams }: StreamOptions): void {
  app.get<{ Params: { trackId: string } }>("/api/stream/:trackId", async (request, reply) => {
    const session = sessionOr401(request, reply);
    if (session === null) return reply;
    const track = library.file(request.params.trackId);
    if (track === null) return answerProblem(reply, "notFound");
    const end = streams.begin(session.accountId);
    if (end === null) return answerProblem(reply, "tooMany", { retryAfterSeconds: 10 });
    reply.raw.once("close", end);
    const sent = await sendFile(request, reply, { ...track, cacheControl: audioCacheControl });
    return sent ? reply : answerProblem(reply, "notFound");
  });
}
