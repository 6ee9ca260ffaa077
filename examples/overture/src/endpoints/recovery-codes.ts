import type { FastifyInstance } from "fastify";

import type { Recovery } from "../accounts/recovery.ts";
import type { NewRecoveryCodes, RecoveryCodesLeft } from "../api/session-api.ts";
import { sessionOr401 } from "./authenticate.ts";

/** GET and POST /api/recovery-codes: to keep for the day when mail does not arrive. Guarded. */
export function registerRecoveryCodes(app: FastifyInstance, recovery: Recovery): void {
  app.get("/api/recovery-codes", (request, reply) => {
    const session = sessionOr401(request, reply);
    if (session === null) return reply;
    return reply.send({ left: recovery.codesLeft(session.accountId) } satisfies RecoveryCodesLeft);
  });

  app.post("/api/recovery-codes", (request, reply) => {
    const session = sessionOr401(request, reply);
    if (session === null) return reply;
    return reply
      .header("cache-control", "no-store")
      .send({ codes: recovery.makeCodes(session.accountId) } satisfies NewRecoveryCodes);
  });
}
