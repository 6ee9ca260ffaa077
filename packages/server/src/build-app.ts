import { bodyBytesMax, problem } from "@cordon/contract";
import type { Plane } from "@cordon/control-plane";
import { TypeBoxValidatorCompiler } from "@fastify/type-provider-typebox";
import fastify, { LogController, type FastifyInstance } from "fastify";
import { Authentication } from "./authenticate.ts";
import { hangUpOnUnread } from "./hang-up-on-unread.ts";
import { registerLiveEvents } from "./observe/live-events.ts";
import { logOptions, type LogSink } from "./observe/log-options.ts";
import { registerObserve } from "./observe/observe.ts";
import { requestId } from "./observe/request-id.ts";
import type { Traces } from "./observe/traces.ts";
import type { Issuer } from "./operators/issuer.ts";
import type { OperatorDoor } from "./operators/operator-door.ts";
import { registerOperatorRoutes } from "./operators/operator-routes.ts";
import { registerPages } from "./pages/register-pages.ts";
import { problemOf } from "./problem-of.ts";
import { RateLimit, requestsPerSecondMax } from "./rate-limit.ts";
import { registerAttachments } from "./routes/attachments.ts";
import { registerAdvisoryFile } from "./routes/advisory-file.ts";
import { registerBesideBundle } from "./routes/beside-bundle.ts";
import { registerBundleEvents } from "./routes/bundle-events.ts";
import { registerCurrentBundle } from "./routes/current-bundle.ts";
import { registerDocuments } from "./routes/documents.ts";
import { registerJournalFile } from "./routes/journal-file.ts";
import { registerJsonRoutes } from "./routes/json-routes.ts";
import { registerPreparedBundle } from "./routes/prepared-bundle.ts";
import { registerReturns } from "./routes/returns.ts";
import { registerStatusPage } from "./routes/status-page.ts";
import { sendProblem } from "./send-problem.ts";
import type { Tokens } from "./tokens.ts";

interface AppOptions {
  readonly plane: Plane;
  readonly tokens: Tokens;
  readonly door: OperatorDoor;
  /** Where operators sign in by OpenID Connect; left out: by passkeys alone. */
  readonly issuer?: Issuer | null;
  /** True: addresses are what the proxy on this machine says. */
  readonly isBehindProxy?: boolean;
  readonly version: string;
  readonly clock: () => number;
  /** What somebody who watches the process should know: one line, without personal data. */
  readonly onNote: (note: string) => void;
  /** Left out: no logs, no traces, and counters for this machine alone. */
  readonly observing?: {
    readonly metricsToken: string | null;
    readonly traces: Traces | null;
    /** Where JSON log lines go; null: nowhere. */
    readonly log: LogSink | null;
  };
}

const securityHeaders = {
  "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY",
  "referrer-policy": "no-referrer",
  "cross-origin-resource-policy": "same-origin",
  "cache-control": "no-store",
};

/** Longest a client may take to send a request's head, and the whole of it; looked at every second. */
const headTimeoutMs = 10_000;
const requestTimeoutMs = 60_000;
/** Connections at a time; more are closed as they come. */
const connectionsMax = 10_000;

/** The API and the status page over a control plane, not yet listening. */
export function buildApp(options: AppOptions): FastifyInstance {
  const { plane, version, clock, onNote } = options;
  const { observing = { metricsToken: null, traces: null, log: null } } = options;
  const app = fastify({
    bodyLimit: bodyBytesMax,
    requestTimeout: requestTimeoutMs,
    trustProxy: options.isBehindProxy === true ? "loopback" : false,
    http: { headersTimeout: headTimeoutMs, connectionsCheckingInterval: 1000 },
    genReqId: requestId,
    logController: new LogController({ disableRequestLogging: true, requestIdLogLabel: "request" }),
    logger: observing.log === null ? false : logOptions(observing.log),
    forceCloseConnections: true,
    return503OnClosing: true,
    routerOptions: { maxParamLength: 300 },
    // What can't be routed at all is answered as everything else is.
    frameworkErrors: (error, _request, reply) => void sendProblem(reply, problemOf(error)),
  });
  app.server.maxConnections = connectionsMax;
  // Bodies are JSON or nothing.
  app.removeContentTypeParser("text/plain");
  app.setValidatorCompiler(TypeBoxValidatorCompiler);
  app.setErrorHandler(async (error: Error, request, reply) => {
    const body = problemOf(error);
    if (body.status >= 500) onNote(`${request.method} ${request.routeOptions.url ?? "?"}: ${error.message}`);
    await sendProblem(reply, body);
  });
  app.setNotFoundHandler((_request, reply) => sendProblem(reply, problem("not-found")));

  hangUpOnUnread(app);
  registerObserve(app, { plane, ...observing });
  const requests = new RateLimit({ max: requestsPerSecondMax, windowMs: 1000, clock });
  app.addHook("onRequest", async (request, reply) => {
    reply.headers(securityHeaders);
    const waitSeconds = requests.count(request.ip);
    if (waitSeconds === null) return;
    reply.header("retry-after", String(waitSeconds));
    await sendProblem(reply, problem("too-many-requests"));
  });

  const authentication = new Authentication(options.tokens, options.door);
  registerDocuments(app, plane, authentication, version);
  const { door, issuer = null } = options;
  const context = { door, issuer, onNote };
  registerStatusPage(app, plane, version, context);
  registerPages(app, context);
  registerJsonRoutes(app, plane, authentication);
  registerAttachments(app, plane, authentication);
  registerPreparedBundle(app, plane, authentication);
  registerOperatorRoutes(app, options.door, authentication);
  registerCurrentBundle(app, plane, authentication);
  registerBesideBundle(app, plane, authentication);
  registerBundleEvents(app, plane, authentication);
  registerJournalFile(app, plane);
  registerAdvisoryFile(app, plane);
  registerReturns(app, plane);
  registerLiveEvents(app, plane, authentication);
  return app;
}
