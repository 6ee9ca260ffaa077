import type { DatabaseSync } from "node:sqlite";

import type { FastifyInstance } from "fastify";

import type { Accounts } from "../accounts/accounts.ts";
import { dropSessions } from "../identity/oidc-adapter.ts";

interface ChangePasswordOptions {
  readonly database: DatabaseSync;
  readonly accounts: Accounts;
  readonly nowMs: () => number;
}

interface Body {
  readonly username: string;
  readonly password: string;
  readonly newPassword: string;
}

const bodySchema = {
  type: "object",
  required: ["username", "password", "newPassword"],
  additionalProperties: false,
  properties: {
    username: { type: "string", minLength: 1, maxLength: 320 },
    password: { type: "string", minLength: 1, maxLength: 1024 },
    newPassword: { type: "string", minLength: 8, maxLength: 1024 },
  },
} as const;

/**
 * POST /password: sets a new password by the old one and ends all of the account's sessions. It takes no token and the
 * gate is not asked: who must change the password may have none that is let in.
 */
export function registerChangePassword(app: FastifyInstance, options: ChangePasswordOptions): void {
  const { database, accounts, nowMs } = options;
  app.post<{ Body: Body }>(
    "/password",
    { config: { cordon: "open" }, schema: { body: bodySchema } },
    async (request, reply) => {
      const { username, password, newPassword } = request.body;
      const account = password === newPassword ? null : await accounts.signIn(username, password);
      if (account === null) {
        return reply
          .code(403)
          .type("application/problem+json")
          .send(JSON.stringify({ type: "about:blank", title: "The password can't be changed", status: 403 }));
      }
      accounts.setPassword(account.id, newPassword, nowMs());
      dropSessions(database, account.id);
      return reply.code(204).send();
    },
  );
}
