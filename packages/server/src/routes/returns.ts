import { problem } from "@cordon/contract";
import { returnWays, takeReturns, type Plane } from "@cordon/control-plane";
import type { FastifyInstance } from "fastify";
import { sendProblem } from "../send-problem.ts";

/** A provider's batch of events; a bounce message is smaller. */
const returnsBytesMax = 4 * 1024 * 1024;

/**
 * Where providers and mail servers hand over what came back: `POST /returns/ses`, `/returns/sparkpost`, `/returns/dsn` and `/returns/webhook`. No
 * operator's token: each is known by its own signature or secret.
 */
export function registerReturns(app: FastifyInstance, plane: Plane): void {
  // In a scope of its own: signatures are over the bytes as they came, whatever their type.
  void app.register((scope, _options, done) => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser("*", { parseAs: "buffer" }, (_request, body, parsed) => parsed(null, body));
    scope.post("/returns/:way", { bodyLimit: returnsBytesMax }, async (request, reply) => {
      const { way: asked = "" } = request.params as { readonly way?: string };
      const way = returnWays.find((one) => one === asked);
      if (way === undefined) return sendProblem(reply, problem("not-found"));
      const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
      const headers = Object.fromEntries(
        Object.entries(request.headers).flatMap(([name, value]) => {
          const first = Array.isArray(value) ? value[0] : value;
          return first === undefined ? [] : [[name, first]];
        }),
      );
      return reply.send(await takeReturns(plane, way, { body, headers }));
    });
    done();
  });
}
