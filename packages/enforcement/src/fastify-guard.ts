import type { FastifyInstance, FastifyRequest } from "fastify";
import fp from "fastify-plugin";

import type { GuardOptions } from "./guard-options.ts";
import { guardRequest } from "./guard-request.ts";
import { registerOfrep } from "./ofrep-route.ts";
import { sendByFastify } from "./send-by-fastify.ts";

/** `describe` runs in `onRequest`, after the service's own `onRequest` hooks that were added before. */
export type FastifyGuardOptions = GuardOptions<FastifyRequest>;

declare module "fastify" {
  interface FastifyContextConfig {
    /** `open`: the gate is not asked about this route, as for signing in, health checks and static files. */
    cordon?: "open";
  }
}

/**
 * Guards all routes that are registered after it, but those with `config: { cordon: "open" }`, and adds OFREP's evaluation,
 * where clients ask for their directives.
 */
export const fastifyGuard = fp<FastifyGuardOptions>(guard, { name: "cordon-guard", fastify: "5.x" });

function guard(app: FastifyInstance, options: FastifyGuardOptions, done: () => void): void {
  const { point, describe, onDecision } = options;

  app.addHook("onRequest", async (request, reply) => {
    if (request.routeOptions.config.cordon === "open") return;
    const guarded = await describe(request);
    if (guarded === null) return;
    const answer = guardRequest(point, guarded, (decision) =>
      onDecision?.({ request, guarded, decision, purpose: "request" }),
    );
    if (answer === null) return;
    return sendByFastify(reply, answer);
  });
  registerOfrep(app, options);
  done();
}
