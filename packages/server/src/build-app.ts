import { bodyBytesMax, problem } from "@cordon/contract";
import type { Plane } from "@cordon/control-plane";
import { TypeBoxValidatorCompiler } from "@fastify/type-provider-typebox";
import fastify, { type FastifyInstance } from "fastify";
import { Authentication } from "./authenticate.ts";
import { problemOf } from "./problem-of.ts";
import { RateLimit, requestsPerSecondMax } from "./rate-limit.ts";
import { registerBesideBundle } from "./routes/beside-bundle.ts";
import { registerBundleEvents } from "./routes/bundle-events.ts";
import { registerCurrentBundle } from "./routes/current-bundle.ts";
import { registerDocuments } from "./routes/documents.ts";
import { registerJournalFile } from "./routes/journal-file.ts";
import { registerJsonRoutes } from "./routes/json-routes.ts";
import { registerStatusPage } from "./routes/status-page.ts";
import { sendProblem } from "./send-problem.ts";
import type { Tokens } from "./tokens.ts";

interface AppOptions {
  readonly plane: Plane;
  readonly tokens: Tokens;
  readonly version: string;
  readonly clock: () => number;
  /** What somebody who watches the process should know: one line, without personal data. */
  readonly onNote: (note: string) => void;
}

const securityHeaders = {
  "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY",
  "referrer-policy": "no-referrer",
  "cross-origin-resource-policy": "same-origin",
  "cache-control": "no-store",
};

/** Longest a client may take to send a request. */
const requestTimeoutMs = 60_000;

/** The API and the status page over a control plane, not yet listening. */
export function buildApp(options: AppOptions): FastifyInstance {
  const { plane, version, clock, onNote } = options;
  const app = fastify({
    bodyLimit: bodyBytesMax,
    requestTimeout: requestTimeoutMs,
    forceCloseConnections: true,
    return503OnClosing: true,
    routerOptions: { maxParamLength: 300 },
    // What can't be routed at all is answered as everything else is.
    frameworkErrors: (error, _request, reply) => void sendProblem(reply, problemOf(error)),
  });
  // Bodies are JSON or nothing.
  app.removeContentTypeParser("text/plain");
  app.setValidatorCompiler(TypeBoxValidatorCompiler);
  app.setErrorHandler(async (error: Error, request, reply) => {
    const body = problemOf(error);
    if (body.status >= 500) onNote(`${request.method} ${request.routeOptions.url ?? "?"}: ${error.message}`);
    await sendProblem(reply, body);
  });
  app.setNotFoundHandler((_request, reply) => sendProblem(reply, problem("not-found")));

  const requests = new RateLimit({ max: requestsPerSecondMax, windowMs: 1000, clock });
  app.addHook("onRequest", async (request, reply) => {
    reply.headers(securityHeaders);
    const waitSeconds = requests.count(request.ip);
    if (waitSeconds === null) return;
    reply.header("retry-after", String(waitSeconds));
    await sendProblem(reply, problem("too-many-requests"));
  });

  const authentication = new Authentication(options.tokens, clock);
  registerDocuments(app, plane, authentication, version);
  registerStatusPage(app, plane, version);
  registerJsonRoutes(app, plane, authentication);
  registerCurrentBundle(app, plane, authentication);
  registerBesideBundle(app, plane, authentication);
  registerBundleEvents(app, plane, authentication);
  registerJournalFile(app, plane);
  return app;
}
