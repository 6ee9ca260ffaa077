import { SpanKind, type Span } from "@opentelemetry/api";
import { join } from "node:path";
import { createHash, randomBytes, timingSafeEqual } from "node:crypto";
import { endpoints, problem } from "@cordon/contract";
import { secretFile, type Plane } from "@cordon/control-plane";
import type { FastifyInstance, FastifyRequest } from "fastify";
import { sendProblem } from "../send-problem.ts";
import { Metrics } from "./metrics.ts";
import { readinessOf } from "./readiness.ts";
import { endSpan, type Traces } from "./traces.ts";

const loopback = new Set(["127.0.0.1", "::1", "::ffff:127.0.0.1"]);
const loopbackNames = new Set(["127.0.0.1", "localhost", "[::1]"]);
const proxyHeaders = ["forwarded", "x-forwarded-for", "x-real-ip", "via"] as const;

/** The token in HOME/keys that a scraper elsewhere shows; made when it is not there. */
export async function metricsTokenOf(home: string): Promise<string> {
  const file = join(home, "keys", "metrics.token");
  return (await secretFile(file, () => `${randomBytes(32).toString("base64url")}\n`)).trim();
}

/** What may be known of a server from outside: `/readyz`, `/metrics`, request ids, log lines and spans. */
export function registerObserve(
  app: FastifyInstance,
  options: {
    readonly plane: Plane;
    /** null: counters are for this machine alone. */
    readonly metricsToken: string | null;
    readonly traces: Traces | null;
  },
): void {
  const { plane, metricsToken, traces } = options;
  const metrics = new Metrics(plane);
  const spans = new WeakMap<FastifyRequest, Span>();
  app.addHook("onRequest", async (request, reply) => {
    reply.header("x-request-id", request.id);
    if (traces !== null) spans.set(request, traces.tracer.startSpan("request", { kind: SpanKind.SERVER }));
    return Promise.resolve();
  });
  app.addHook("onResponse", async (request, reply) => {
    const route = request.routeOptions.url ?? "unknown";
    const served = { method: request.method, route, status: reply.statusCode };
    const seconds = reply.elapsedTime / 1000;
    metrics.served({ ...served, seconds });
    request.log.info({ ...served, ms: Math.round(reply.elapsedTime * 10) / 10 }, "request");
    const span = spans.get(request);
    if (span !== undefined) endSpan(span, served);
    return Promise.resolve();
  });
  app.addHook("onClose", async () => traces?.close());

  app.get(endpoints.ready.path, async (_request, reply) => {
    const readiness = await readinessOf(plane);
    return reply.code(readiness.status === "ready" ? 200 : 503).send(readiness);
  });
  app.get(endpoints.metrics.path, async (request, reply) => {
    if (!isFromHere(request) && !hasToken(request, metricsToken)) {
      reply.header("www-authenticate", "Bearer");
      return sendProblem(reply, problem("unauthenticated"));
    }
    return reply.type(metrics.contentType).send(await metrics.text());
  });
}

/** By a program on this machine itself, not by a proxy on it or a web page that was pointed here. */
function isFromHere(request: FastifyRequest): boolean {
  return (
    loopback.has(request.socket.remoteAddress ?? "") &&
    loopbackNames.has(request.hostname) &&
    proxyHeaders.every((name) => request.headers[name] === undefined)
  );
}

function hasToken(request: FastifyRequest, token: string | null): boolean {
  if (token === null) return false;
  const given = /^Bearer ([\w-]{1,128})$/i.exec(request.headers.authorization ?? "")?.[1] ?? "";
  const digest = (text: string): Buffer => createHash("sha256").update(text).digest();
  return timingSafeEqual(digest(given), digest(token));
}
