import type { EnforcementPoint } from "@cordon/enforcement";
import type { FastifyInstance } from "fastify";

import type { Installations } from "../accounts/installations.ts";
import { sessionOr401 } from "./authenticate.ts";

interface TakeOfflineOptions {
  readonly point: EnforcementPoint;
  readonly installations: Installations;
  readonly nowMs: () => number;
}

/** Copies issued before any policy asked for another epoch. */
const firstEpoch = 1;

/** POST /offline/:playlistId: issues an offline copy of a playlist, bound to the epoch that the policy asks for. Guarded. */
export function registerTakeOffline(app: FastifyInstance, options: TakeOfflineOptions): void {
  const { point, installations, nowMs } = options;
  app.post<{ Params: { playlistId: string } }>("/offline/:playlistId", (request, reply) => {
    const session = sessionOr401(request, reply);
    if (session === null) return reply;
    const asked = Math.max(firstEpoch, point.offlineEpoch(session.guarded.request));
    const offlineEpoch =
      session.installation === null
        ? null
        : installations.tookOffline(session.installation.id, asked, nowMs());
    if (offlineEpoch === null) {
      return reply
        .code(404)
        .type("application/problem+json")
        .send(JSON.stringify({ type: "about:blank", title: "This installation is not known", status: 404 }));
    }
    return reply.send({ playlistId: request.params.playlistId, offlineEpoch });
  });
}
