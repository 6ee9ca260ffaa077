import type { FastifyInstance, FastifyRequest } from "fastify";
import fp from "fastify-plugin";

import { denialOf } from "./denial.ts";
import type { EnforcementPoint } from "./enforcement-point.ts";
import type { GuardedRequest } from "./guarded-request.ts";
import { registerOfrep } from "./ofrep-route.ts";
import type { PointDecision } from "./point-decision.ts";

/** What a decision was for: a request to the service, or a client asking for its directives. */
export type Purpose = "request" | "ofrep";

export interface FastifyGuardOptions {
  readonly point: EnforcementPoint;
  /**
   * Describes a request to the gate. Null: there is no session, so there is nothing to decide; the service's own
   * authentication answers. Runs in `onRequest`, after the service's own `onRequest` hooks that were added before.
   */
  readonly describe: (request: FastifyRequest) => GuardedRequest | null | Promise<GuardedRequest | null>;
  /** Told of every decision, before the answer. */
  readonly onDecision?: (made: {
    readonly request: FastifyRequest;
    readonly guarded: GuardedRequest;
    readonly decision: PointDecision;
    readonly purpose: Purpose;
  }) => void;
}

declare module "fastify" {
  interface FastifyContextConfig {
    /** `open`: the gate is not asked about this route, as for signing in, health checks and static files. */
    cordon?: "open";
  }
}

/**
 * Guards all routes that are registered after it, but those with `config: { cordon: "open" }`, and adds OFREP's bulk
 * evaluation, where clients ask for their directives.
 */
export const fastifyGuard = fp<FastifyGuardOptions>(guard, { name: "cordon-guard", fastify: "5.x" });

function guard(app: FastifyInstance, options: FastifyGuardOptions, done: () => void): void {
  const { point, describe, onDecision } = options;

  app.addHook("onRequest", async (request, reply) => {
    if (request.routeOptions.config.cordon === "open") return;
    const guarded = await describe(request);
    if (guarded === null) return;
    const decision = point.decide(guarded);
    onDecision?.({ request, guarded, decision, purpose: "request" });
    if (decision.allow) return;
    const denial = denialOf(decision, point.retryAfterSeconds());
    // As bytes: to text, Fastify would add a charset that problem documents don't have (RFC 9457, 6.1).
    return reply
      .code(denial.status)
      .headers(denial.headers)
      .send(Buffer.from(JSON.stringify(denial.body)));
  });
  registerOfrep(app, options);
  done();
}
