import type { FastifyInstance } from "fastify";

import type { Played } from "../api/library-api.ts";
import type { Library } from "../library/library.ts";
import type { Plays } from "../listening/plays.ts";
import { answerProblem } from "./answer-problem.ts";
import { sessionOr401 } from "./authenticate.ts";
import { idSchema } from "./page-query.ts";

interface PlaysOptions {
  readonly library: Library;
  readonly plays: Plays;
  readonly nowMs: () => number;
}

const schema = {
  body: {
    type: "object",
    required: ["trackId"],
    additionalProperties: false,
    properties: { trackId: idSchema },
  },
} as const;

/** POST /api/plays: a track was listened to. Guarded. */
export function registerPlays(app: FastifyInstance, { library, plays, nowMs }: PlaysOptions): void {
  app.post<{ Body: Played }>("/api/plays", { schema }, (request, reply) => {
    const session = sessionOr401(request, reply);
    if (session === null) return reply;
    const track = library.track(request.body.trackId);
    if (track === null) return answerProblem(reply, "notFound");
    plays.add(session.accountId, track, nowMs());
    return reply.code(204).send();
  });
}
