import type { FastifyInstance } from "fastify";

import type { PasswordCheck } from "../accounts/password-check.ts";
import type { WayBack } from "../accounts/way-back.ts";
import { answerProblem } from "./answer-problem.ts";
import { emailSchema, newPasswordSchema, passwordSchema } from "./password-schema.ts";

interface ChangePasswordOptions {
  readonly passwords: PasswordCheck;
  readonly wayBack: WayBack;
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
    username: emailSchema,
    password: passwordSchema,
    newPassword: newPasswordSchema,
  },
} as const;

/**
 * POST /password: sets a new password by the old one and ends all of the account's sessions. It takes no token and the
 * gate is not asked: who must change the password may have none that is let in.
 */
export function registerChangePassword(app: FastifyInstance, options: ChangePasswordOptions): void {
  const { passwords, wayBack } = options;
  app.post<{ Body: Body }>(
    "/password",
    { config: { cordon: "open" }, schema: { body: bodySchema } },
    async (request, reply) => {
      const { username, password, newPassword } = request.body;
      const refusal = { title: "The password can't be changed" };
      if (password === newPassword) return answerProblem(reply, "wrongPassword", refusal);
      const verdict = await passwords.try({
        email: username,
        password,
        address: request.ip,
        installationId: null,
      });
      if (verdict.kind === "blocked") return answerProblem(reply, "tooManyGuesses", verdict);
      if (verdict.kind === "wrong") return answerProblem(reply, "wrongPassword", refusal);
      wayBack.setPassword(verdict.account.id, newPassword);
      return reply.code(204).send();
    },
  );
}
