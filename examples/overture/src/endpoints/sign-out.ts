import type { FastifyInstance } from "fastify";

import type { AccountSessions } from "../accounts/account-sessions.ts";
import type { WebSessions } from "../accounts/web-sessions.ts";
import type { SignOut } from "../api/session-api.ts";
import { sessionOr401 } from "./authenticate.ts";
import { clearSessionCookie, sessionCookie } from "./session-cookie.ts";

interface SignOutOptions {
  readonly accountSessions: AccountSessions;
  readonly webSessions: WebSessions;
  readonly nowMs: () => number;
}

const schema = {
  body: {
    type: "object",
    required: ["which"],
    additionalProperties: false,
    properties: { which: { enum: ["this", "others", "all"] } },
  },
} as const;

/** POST /api/session/sign-out. The gate is not asked: leaving is always allowed. */
export function registerSignOut(app: FastifyInstance, options: SignOutOptions): void {
  const { accountSessions, webSessions, nowMs } = options;
  app.post<{ Body: SignOut }>(
    "/api/session/sign-out",
    { config: { cordon: "open" }, schema },
    (request, reply) => {
      const session = sessionOr401(request, reply);
      if (session === null) return reply;
      const { accountId, installationId } = session;
      switch (request.body.which) {
        case "others":
          accountSessions.endOthers(accountId, installationId, nowMs());
          return reply.code(204).send();
        case "all":
          accountSessions.endAll(accountId, nowMs());
          break;
        case "this":
          accountSessions.endInstallation(accountId, installationId, nowMs());
      }
      const cookie = request.cookies[sessionCookie];
      if (cookie !== undefined) webSessions.end(cookie);
      clearSessionCookie(reply);
      return reply.code(204).send();
    },
  );
}
