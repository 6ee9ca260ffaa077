import type { EnforcementPoint } from "@cordon/enforcement";
import type { FastifyInstance } from "fastify";

import type { AffectedAnswer, HelpAnswer, ToldNotice } from "../api/help-api.ts";
import { officialBuilds } from "../identity/official-builds.ts";
import { sessionOr401 } from "./authenticate.ts";

/** What an account was told. Concurrency: any number of calls. Throws when it can't be known now. */
export interface ToldNotices {
  of(accountId: string): Promise<readonly ToldNotice[]>;
}

interface HelpOptions {
  readonly point: EnforcementPoint;
  readonly advisoryUrl: string | null;
  readonly told: ToldNotices;
}

/** GET /api/help, for everybody; GET /api/affected, "was I affected?", for the account that asks. */
export function registerHelp(app: FastifyInstance, { point, advisoryUrl, told }: HelpOptions): void {
  app.get("/api/help", { config: { cordon: "open" } }, (_request, reply) =>
    reply.send({
      forgottenUrl: "/forgotten",
      recoveryUrl: "/recovery",
      advisoryUrl,
      builds: officialBuilds,
    } satisfies HelpAnswer),
  );

  // Guarded: whoever holds a session that must be ended learns nothing about the account from it.
  app.get("/api/affected", async (request, reply) => {
    const session = sessionOr401(request, reply);
    if (session === null) return reply;
    const { request: now } = session.guarded;
    const policyVersion = point.status().bundle?.version ?? null;
    const asked = point.wouldAsk(now).map(({ measure, required }) => ({ measure, required }));
    // As if this account had done nothing yet: what the policy in force has for it, done or not.
    const before = { ...now, authTimeMs: null, passwordSetAtMs: null, offlineEpoch: 0 };
    const measures = point.wouldAsk(before).map(({ measure }) => measure);
    const concerned =
      policyVersion === null
        ? "unknown"
        : asked.length > 0
          ? "asked"
          : measures.length > 0
            ? "would-be-asked"
            : "not-asked";
    const notices = await told.of(session.accountId);
    return reply
      .header("cache-control", "no-store")
      .send({ policyVersion, asked, concerned, measures, notices, advisoryUrl } satisfies AffectedAnswer);
  });
}
