import type { FastifyInstance } from "fastify";

import type { Accounts } from "../accounts/accounts.ts";
import type { PasswordCheck } from "../accounts/password-check.ts";
import type { WayBack } from "../accounts/way-back.ts";
import type { WebSessions } from "../accounts/web-sessions.ts";
import type { ChangePassword } from "../api/session-api.ts";
import { answerProblem } from "./answer-problem.ts";
import { sessionOr401 } from "./authenticate.ts";
import { newPasswordSchema, passwordSchema } from "./password-schema.ts";
import { sessionCookie, setSessionCookie } from "./session-cookie.ts";

interface OwnPasswordOptions {
  readonly accounts: Accounts;
  readonly passwords: PasswordCheck;
  readonly wayBack: WayBack;
  readonly webSessions: WebSessions;
  readonly secureCookies: boolean;
  readonly nowMs: () => number;
}

const schema = {
  body: {
    type: "object",
    required: ["password", "newPassword"],
    additionalProperties: false,
    properties: { password: passwordSchema, newPassword: newPasswordSchema },
  },
} as const;

/**
 * POST /api/password: a new password by the old one. Every session of the account ends; a browser that asked goes on in a
 * new one, because its person has just shown who they are. The gate is not asked, as for `/password`.
 */
export function registerOwnPassword(app: FastifyInstance, options: OwnPasswordOptions): void {
  const { accounts, passwords, wayBack, webSessions, nowMs } = options;
  app.post<{ Body: ChangePassword }>(
    "/api/password",
    { config: { cordon: "open" }, schema },
    async (request, reply) => {
      const session = sessionOr401(request, reply);
      const account = session === null ? null : accounts.find(session.accountId);
      if (session === null || account === null) return reply;
      const { password, newPassword } = request.body;
      if (password === newPassword)
        return answerProblem(reply, "wrongInput", { title: "The new password is the old one" });
      const { installationId } = session;
      const verdict = await passwords.try({
        email: account.email,
        password,
        address: request.ip,
        installationId,
      });
      if (verdict.kind === "blocked") return answerProblem(reply, "tooManyGuesses", verdict);
      if (verdict.kind === "wrong") return answerProblem(reply, "wrongPassword");
      wayBack.setPassword(account.id, newPassword);
      if (request.cookies[sessionCookie] !== undefined && session.keyId !== null) {
        // A millisecond later: all sessions up to now have just been ended.
        const authTimeMs = nowMs() + 1;
        const { keyId } = session;
        const cookie = webSessions.begin(
          { accountId: account.id, installationId, authTimeMs, keyId },
          nowMs(),
        );
        setSessionCookie(reply, cookie, { secure: options.secureCookies, lifeMs: webSessions.lifeMs });
      }
      return reply.code(204).send();
    },
  );
}
