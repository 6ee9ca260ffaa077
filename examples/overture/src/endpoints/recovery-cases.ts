import { formatInstant } from "@cordon/model";
import type { FastifyInstance } from "fastify";

import type { Recovery } from "../accounts/recovery.ts";
import type { WayBack } from "../accounts/way-back.ts";
import { isAdmin } from "./admin-token.ts";
import { answerProblem } from "./answer-problem.ts";

interface RecoveryCasesOptions {
  readonly recovery: Recovery;
  readonly wayBack: WayBack;
  readonly adminToken: string;
}

const open = { config: { cordon: "open" } } as const;

/** GET /admin/recovery-cases and POST /admin/recovery-cases/:id/approve: support's side, for the admin token. */
export function registerRecoveryCases(app: FastifyInstance, options: RecoveryCasesOptions): void {
  const { recovery, wayBack, adminToken } = options;

  app.get("/admin/recovery-cases", open, (request, reply) => {
    if (!isAdmin(request, adminToken)) return reply.code(401).header("www-authenticate", "Bearer").send();
    const cases = recovery.openCases().map(({ openedAtMs, ...rest }) => ({
      ...rest,
      openedAt: formatInstant(openedAtMs),
    }));
    return reply.header("cache-control", "no-store").send({ cases });
  });

  app.post<{ Params: { id: string } }>("/admin/recovery-cases/:id/approve", open, (request, reply) => {
    if (!isAdmin(request, adminToken)) return reply.code(401).header("www-authenticate", "Bearer").send();
    return wayBack.approve(request.params.id) ? reply.code(204).send() : answerProblem(reply, "notFound");
  });
}
