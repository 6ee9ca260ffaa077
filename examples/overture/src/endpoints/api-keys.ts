import { formatInstant } from "@cordon/model";
import type { FastifyInstance } from "fastify";

import type { ApiKeys, KeyRow } from "../accounts/api-keys.ts";
import type { ApiKey, KeysAnswer, NewApiKey, NewApiKeyAnswer } from "../api/session-api.ts";
import { answerProblem } from "./answer-problem.ts";
import { sessionOr401 } from "./authenticate.ts";

interface ApiKeysOptions {
  readonly apiKeys: ApiKeys;
  readonly nowMs: () => number;
}

const schema = {
  body: {
    type: "object",
    required: ["name"],
    additionalProperties: false,
    properties: { name: { type: "string", minLength: 1, maxLength: 100 } },
  },
} as const;

function shown({ id, name, createdAtMs, lastUsedAtMs }: KeyRow): ApiKey {
  return {
    id,
    name,
    createdAt: formatInstant(createdAtMs),
    lastUsedAt: lastUsedAtMs === null ? null : formatInstant(lastUsedAtMs),
  };
}

/** GET and POST /api/keys, DELETE /api/keys/:id: keys for older clients. Guarded. */
export function registerApiKeys(app: FastifyInstance, { apiKeys, nowMs }: ApiKeysOptions): void {
  app.get("/api/keys", (request, reply) => {
    const session = sessionOr401(request, reply);
    if (session === null) return reply;
    return reply
      .header("cache-control", "no-store")
      .send({ keys: apiKeys.list(session.accountId).map(shown) } satisfies KeysAnswer);
  });

  app.post<{ Body: NewApiKey }>("/api/keys", { schema }, (request, reply) => {
    const session = sessionOr401(request, reply);
    if (session === null) return reply;
    const made = apiKeys.make(session.accountId, request.body.name, session.authTimeMs, nowMs());
    if (made === null) return answerProblem(reply, "tooMany");
    return reply
      .code(201)
      .header("cache-control", "no-store")
      .send({ ...shown(made), key: made.key } satisfies NewApiKeyAnswer);
  });

  app.delete<{ Params: { id: string } }>("/api/keys/:id", (request, reply) => {
    const session = sessionOr401(request, reply);
    if (session === null) return reply;
    if (!apiKeys.revoke(session.accountId, request.params.id)) return answerProblem(reply, "notFound");
    return reply.code(204).send();
  });
}
