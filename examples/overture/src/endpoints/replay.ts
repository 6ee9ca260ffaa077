import type { FastifyInstance } from "fastify";

import type { ReplayAnswer, ReplayStep } from "../api/replay-api.ts";
import { replaySteps } from "../api/replay-api.ts";
import type { IncidentReplay } from "../replay/remote-replay.ts";
import { sessionOr401 } from "./authenticate.ts";

const schema = {
  body: {
    type: "object",
    required: ["step"],
    additionalProperties: false,
    properties: { step: { enum: replaySteps } },
  },
} as const;

/**
 * GET and POST /api/replay: the incident once more, for the account that asks and nobody else. The gate is not asked, so that
 * whoever was denied by an act can still give the all clear. `replay` null: nothing plays along.
 */
export function registerReplay(app: FastifyInstance, replay: IncidentReplay | null): void {
  const config = { cordon: "open" } as const;
  app.get("/api/replay", { config }, async (request, reply) => {
    const session = sessionOr401(request, reply);
    if (session === null) return reply;
    const inForce = replay === null ? [] : await replay.inForce(session.accountId);
    return reply
      .header("cache-control", "no-store")
      .send({ available: replay !== null, inForce } satisfies ReplayAnswer);
  });
  app.post<{ Body: { readonly step: ReplayStep } }>(
    "/api/replay",
    { config, schema },
    async (request, reply) => {
      const session = sessionOr401(request, reply);
      if (session === null) return reply;
      const inForce = replay === null ? [] : await replay.act(session.accountId, request.body.step);
      return reply.send({ available: replay !== null, inForce } satisfies ReplayAnswer);
    },
  );
}
