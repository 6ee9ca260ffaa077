import type { IncomingMessage } from "node:http";

import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";

import type { FastifyGuardOptions } from "./fastify-guard.ts";
import { readNodeBody } from "./node-guard.ts";
import { answerOfrep } from "./ofrep-answer.ts";
import type { OfrepTarget } from "./ofrep-path.ts";
import { contextBytesMax } from "./ofrep.ts";
import { sendByFastify } from "./send-by-fastify.ts";

/** OFREP's evaluation of all flags and of one, as Fastify routes. */
export function registerOfrep(app: FastifyInstance, options: FastifyGuardOptions): void {
  const answer = async (request: FastifyRequest, reply: FastifyReply, target: OfrepTarget) => {
    const { headers, body } = request;
    const answered = await answerOfrep(options, {
      request,
      target,
      described: await options.describe(request),
      ifNoneMatch: headers["if-none-match"],
      readBody: () => Promise.resolve(body ?? null),
    });
    return sendByFastify(reply, answered);
  };
  const open = { config: { cordon: "open" } } as const;

  // A scope of its own, because a body is read here as by all adapters: from its bytes, whatever type it claims.
  void app.register((scope, _options, done) => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser("*", (_request: FastifyRequest, payload: IncomingMessage) =>
      readNodeBody(payload, contextBytesMax),
    );
    scope.post("/ofrep/v1/evaluate/flags", open, (request, reply) =>
      answer(request, reply, { kind: "bulk" }),
    );
    scope.post<{ Params: { key: string } }>("/ofrep/v1/evaluate/flags/:key", open, (request, reply) =>
      answer(request, reply, { kind: "flag", key: request.params.key }),
    );
    done();
  });
}
