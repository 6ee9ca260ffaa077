import { endpoints, problem } from "@cordon/contract";
import type { Plane } from "@cordon/control-plane";
import type { FastifyInstance } from "fastify";
import type { Authentication } from "../authenticate.ts";
import { sendProblem } from "../send-problem.ts";

export function registerCurrentBundle(
  app: FastifyInstance,
  plane: Plane,
  authentication: Authentication,
): void {
  const { path, roles } = endpoints.currentBundle;
  app.get(path, { onRequest: authentication.require(roles) }, async (request, reply) => {
    const served = plane.bundles.served;
    if (served === null)
      return sendProblem(reply, problem("not-found", { detail: "no bundle was put in force yet" }));
    const etag = `"${served.sha256}"`;
    reply.header("etag", etag).header("cache-control", "private, no-cache");
    if (matches(request.headers["if-none-match"], etag)) return reply.code(304).send();
    return reply.type("application/octet-stream").send(Buffer.from(served.bytes));
  });
}

/** RFC 9110 13.1.2, weak comparison: a list of entity tags, or `*`. */
function matches(ifNoneMatch: string | undefined, etag: string): boolean {
  if (ifNoneMatch === undefined) return false;
  const tags = ifNoneMatch.split(",").map((tag) => tag.trim().replace(/^W\//, ""));
  return tags.includes(etag) || tags.includes("*");
}
