import { randomBytes } from "node:crypto";
import { endpoints, problem } from "@cordon/contract";
import { readStatus, type Plane } from "@cordon/control-plane";
import type { FastifyInstance } from "fastify";
import { sendProblem } from "../send-problem.ts";
import { statusPage } from "../status-page/status-page.ts";

const loopbackNames = new Set(["127.0.0.1", "localhost", "[::1]"]);

/**
 * The page for a person at this machine. It needs no token, so it is given only under a name of this machine: a web site
 * that had its own name point here (DNS rebinding) gets nothing.
 */
export function registerStatusPage(app: FastifyInstance, plane: Plane, version: string): void {
  app.get(endpoints.statusPage.path, async (request, reply) => {
    if (!loopbackNames.has(request.hostname)) {
      return sendProblem(
        reply,
        problem("forbidden", { detail: "the status page is for this machine alone" }),
      );
    }
    const nonce = randomBytes(16).toString("base64");
    const policy = [
      "default-src 'none'",
      `style-src 'nonce-${nonce}'`,
      `script-src 'nonce-${nonce}'`,
      "connect-src 'self'",
      "base-uri 'none'",
      "form-action 'none'",
      "frame-ancestors 'none'",
    ].join("; ");
    reply.header("content-security-policy", policy);
    return reply.type("text/html; charset=utf-8").send(statusPage(await readStatus(plane, version), nonce));
  });
}
