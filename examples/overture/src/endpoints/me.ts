import { formatInstant } from "@cordon/model";
import type { FastifyInstance } from "fastify";

import { sessionOr401 } from "./authenticate.ts";

/** GET /me: who is signed in, and on which installation. Guarded. */
export function registerMe(app: FastifyInstance): void {
  app.get("/me", (request, reply) => {
    const session = sessionOr401(request, reply);
    if (session === null) return reply;
    const { accountId, authTimeMs, installation } = session;
    return reply.send({
      account: accountId,
      authTime: formatInstant(authTimeMs),
      installation:
        installation === null
          ? null
          : {
              id: installation.id,
              platform: installation.platform,
              offlineEpoch: installation.hasOffline ? installation.offlineEpoch : null,
            },
    });
  });
}
