import { formatInstant } from "@cordon/model";
import type { FastifyInstance } from "fastify";

import type { AccountSessions } from "../accounts/account-sessions.ts";
import type { Installations } from "../accounts/installations.ts";
import type { DevicesAnswer } from "../api/session-api.ts";
import { answerProblem } from "./answer-problem.ts";
import { sessionOr401 } from "./authenticate.ts";

interface DevicesOptions {
  readonly installations: Installations;
  readonly accountSessions: AccountSessions;
  readonly nowMs: () => number;
}

/** GET /api/devices, and DELETE /api/devices/:id which signs one of them out. Guarded. */
export function registerDevices(app: FastifyInstance, options: DevicesOptions): void {
  const { installations, accountSessions, nowMs } = options;

  app.get("/api/devices", (request, reply) => {
    const session = sessionOr401(request, reply);
    if (session === null) return reply;
    const signedIn = accountSessions.signedIn(session.accountId, nowMs());
    const devices = installations.ofAccount(session.accountId).map((each) => ({
      id: each.id,
      platform: each.platform,
      store: each.store,
      version: each.version,
      lastSeen: formatInstant(each.lastSeenMs),
      signedIn: signedIn.has(each.id),
      current: each.id === session.installationId,
      hasOffline: each.hasOffline,
    }));
    return reply.header("cache-control", "no-store").send({ devices } satisfies DevicesAnswer);
  });

  app.delete<{ Params: { id: string } }>("/api/devices/:id", (request, reply) => {
    const session = sessionOr401(request, reply);
    if (session === null) return reply;
    const device = installations.find(request.params.id);
    if (device?.accountId !== session.accountId) return answerProblem(reply, "notFound");
    accountSessions.endInstallation(session.accountId, device.id, nowMs());
    return reply.code(204).send();
  });
}
