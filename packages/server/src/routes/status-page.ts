import { endpoints, problem } from "@cordon/contract";
import { readStatus, type Plane } from "@cordon/control-plane";
import type { FastifyInstance } from "fastify";
import { pagePolicy, type PageContext } from "../pages/register-pages.ts";
import { readerOf, visitorOf } from "../pages/visitor.ts";
import { sendProblem } from "../send-problem.ts";
import { statusPage } from "../status-page/status-page.ts";

const loopbackNames = new Set(["127.0.0.1", "localhost", "[::1]"]);

/**
 * The page for people. Until somebody can sign in it needs nothing, so it is given only under a name of this machine: a web
 * site that had its own name point here (DNS rebinding) gets nothing. From then on it is for who is signed in.
 */
export function registerStatusPage(
  app: FastifyInstance,
  plane: Plane,
  version: string,
  { door, issuer }: PageContext,
): void {
  app.get(endpoints.statusPage.path, async (request, reply) => {
    reply.header("content-security-policy", pagePolicy);
    const needsSignIn = issuer !== null || (await door.register.recent()).hasPeople;
    if (!needsSignIn) {
      if (!loopbackNames.has(request.hostname)) {
        const detail = "the status page is for this machine alone";
        return sendProblem(reply, problem("forbidden", { detail }));
      }
      const text = statusPage(await readStatus(plane, version), null);
      return reply.type("text/html; charset=utf-8").send(text);
    }
    const session = await visitorOf(request, door);
    if (session === null) return reply.redirect(`${door.origin()}/sign-in`, 303);
    const text = statusPage(await readStatus(plane, version), readerOf(session, door));
    return reply.type("text/html; charset=utf-8").send(text);
  });
}
