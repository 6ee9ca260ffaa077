import type { FastifyInstance } from "fastify";

import type { WayBack } from "../accounts/way-back.ts";
import type {
  ForgottenPassword,
  OpenRecoveryCase,
  RecoverByCode,
  ResetPassword,
} from "../api/session-api.ts";
import { answerProblem } from "./answer-problem.ts";
import { emailSchema, newPasswordSchema } from "./password-schema.ts";

const text = (maxLength: number) => ({ type: "string", minLength: 1, maxLength }) as const;

function bodyOf<const Properties extends Record<string, object>>(properties: Properties) {
  return {
    schema: {
      body: { type: "object", required: Object.keys(properties), additionalProperties: false, properties },
    },
    config: { cordon: "open" },
  } as const;
}

/** POST /api/password/forgotten, /api/password/reset, /api/recovery/code, /api/recovery/case: without a session. */
export function registerWayBack(app: FastifyInstance, wayBack: WayBack): void {
  app.post<{ Body: ForgottenPassword }>(
    "/api/password/forgotten",
    bodyOf({ email: emailSchema }),
    (request, reply) => {
      wayBack.forgotten(request.body.email, request.ip);
      return reply.code(202).send();
    },
  );

  app.post<{ Body: ResetPassword }>(
    "/api/password/reset",
    bodyOf({ token: text(200), newPassword: newPasswordSchema }),
    (request, reply) => {
      const { token, newPassword } = request.body;
      return wayBack.reset(token, newPassword) ? reply.code(204).send() : answerProblem(reply, "linkExpired");
    },
  );

  app.post<{ Body: RecoverByCode }>(
    "/api/recovery/code",
    bodyOf({ email: emailSchema, code: text(100), newPassword: newPasswordSchema }),
    (request, reply) => {
      const { email, code, newPassword } = request.body;
      const verdict = wayBack.byCode(email, code, newPassword, request.ip);
      if (verdict.kind === "blocked") return answerProblem(reply, "tooManyGuesses", verdict);
      return verdict.kind === "done" ? reply.code(204).send() : answerProblem(reply, "wrongPassword");
    },
  );

  app.post<{ Body: OpenRecoveryCase }>(
    "/api/recovery/case",
    bodyOf({ email: emailSchema, contact: emailSchema, words: text(2000) }),
    (request, reply) => {
      const { email, contact, words } = request.body;
      wayBack.openCase(email, contact, words, request.ip);
      return reply.code(202).send();
    },
  );
}
