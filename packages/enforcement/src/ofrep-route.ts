import type { FastifyInstance } from "fastify";

import type { FastifyGuardOptions } from "./fastify-guard.ts";
import { guardedByContext, matchesEtag, ofrepEtag, ofrepFlags, parseOfrepBody } from "./ofrep.ts";

const contextBytesMax = 16 * 1024;

/**
 * OFREP 0.3 bulk evaluation: what must this client do now? Never 401 or 403: an OpenFeature provider would take that for
 * the end, and a revoked session is the one that needs the answer most.
 */
export function registerOfrep(app: FastifyInstance, options: FastifyGuardOptions): void {
  const { point, describe, onDecision } = options;

  app.post(
    "/ofrep/v1/evaluate/flags",
    {
      config: { cordon: "open" },
      bodyLimit: contextBytesMax,
      errorHandler: (error, _request, reply) => {
        if ((error.statusCode ?? 500) >= 500) void reply.send(error);
        else void reply.code(400).send({ errorCode: "PARSE_ERROR", errorDetails: "the body must be JSON" });
      },
    },
    async (request, reply) => {
      const context = parseOfrepBody(request.body);
      if ("errorCode" in context) return reply.code(400).send(context);
      const guarded = guardedByContext(await describe(request), context);
      if ("errorCode" in guarded) return reply.code(400).send(guarded);
      const decision = point.decide(guarded);
      onDecision?.({ request, guarded, decision, purpose: "ofrep" });
      const answer = ofrepFlags(decision, point.offlineEpoch(guarded.request));
      const bundleSha256 = point.status().bundle?.sha256 ?? null;
      const etag = ofrepEtag({ bundleSha256, guarded, context: context.whole, answer });
      reply.header("etag", etag).header("cache-control", "private, no-cache");
      if (matchesEtag(request.headers["if-none-match"], etag)) return reply.code(304).send();
      return answer;
    },
  );
}
