import { endpoints, problem } from "@cordon/contract";
import { readPreparedBundle, type Plane } from "@cordon/control-plane";
import type { FastifyInstance } from "fastify";
import type { Authentication } from "../authenticate.ts";
import { sendProblem } from "../send-problem.ts";

/** The bytes that approvers sign, for them to look at. It tells who is concerned: for operators alone. */
export function registerPreparedBundle(
  app: FastifyInstance,
  plane: Plane,
  authentication: Authentication,
): void {
  const { path, roles } = endpoints.readPreparedBundle;
  app.get(path, { onRequest: authentication.require(roles) }, async (_request, reply) => {
    const bytes = await readPreparedBundle(plane);
    if (bytes === null)
      return sendProblem(reply, problem("not-found", { detail: "no bundle waits for signatures" }));
    return reply.type("application/octet-stream").send(Buffer.from(bytes));
  });
}
