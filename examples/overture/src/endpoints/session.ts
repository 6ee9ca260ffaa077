import { formatInstant } from "@cordon/model";
import type { FastifyInstance } from "fastify";

import type { Accounts } from "../accounts/accounts.ts";
import type { SessionAnswer } from "../api/session-api.ts";

/** GET /api/session: who is signed in. The gate is not asked: whoever must sign in again has to see who they are. */
export function registerSession(app: FastifyInstance, accounts: Accounts): void {
  app.get("/api/session", { config: { cordon: "open" } }, (request, reply) => {
    const { session } = request;
    const account = session === null ? null : accounts.find(session.accountId);
    void reply.header("cache-control", "no-store");
    if (session === null || account === null) return reply.send({ signedIn: false } satisfies SessionAnswer);
    const { installation, authTimeMs, installationId } = session;
    return reply.send({
      signedIn: true,
      account: { id: account.id, email: account.email },
      authTime: formatInstant(authTimeMs),
      passwordSetAt: formatInstant(account.passwordSetAtMs),
      installation: {
        id: installationId,
        platform: installation?.platform ?? "unknown",
        offlineEpoch: installation?.hasOffline === true ? installation.offlineEpoch : null,
      },
    } satisfies SessionAnswer);
  });
}
