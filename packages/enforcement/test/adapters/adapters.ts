import { createServer } from "node:http";
import type { IncomingHttpHeaders, RequestListener } from "node:http";
import type { AddressInfo } from "node:net";

import { serve } from "@hono/node-server";
import express from "express";
import Fastify from "fastify";
import { Hono } from "hono";
import { onTestFinished } from "vitest";

import { expressGuard, fastifyGuard, honoGuard, nodeGuard, webGuard } from "../../src/index.ts";
import type { EnforcementPoint, GuardedRequest, PointDecision, Purpose } from "../../src/index.ts";

/** The same service behind every adapter: `GET /music`, `POST /echo`, and `GET /health`, which is open. */
export interface ServiceOptions {
  readonly point: EnforcementPoint;
  readonly describe: (headers: IncomingHttpHeaders) => GuardedRequest | null | Promise<GuardedRequest | null>;
  readonly onDecision?: (path: string, purpose: Purpose, decision: PointDecision) => void;
}

interface Adapter {
  readonly name: string;
  /** Resolves with the URL of a real server, which goes with the test. */
  readonly start: (options: ServiceOptions) => Promise<string>;
}

/** Options as each framework's adapter takes them, told where a request of it keeps headers and URL. */
function guardOptions<Request>(
  { point, describe, onDecision }: ServiceOptions,
  read: { headers: (request: Request) => IncomingHttpHeaders; path: (request: Request) => string },
) {
  return {
    point,
    describe: (request: Request) => describe(read.headers(request)),
    isOpen: (request: Request) => read.path(request) === "/health",
    onDecision: (made: { request: Request; purpose: Purpose; decision: PointDecision }) =>
      onDecision?.(read.path(made.request), made.purpose, made.decision),
  };
}

interface NodeLike {
  readonly headers: IncomingHttpHeaders;
  readonly url?: string | undefined;
}
const ofNode = {
  headers: ({ headers }: NodeLike) => headers,
  path: ({ url }: NodeLike) => url ?? "",
};
const ofWeb = {
  headers: ({ headers }: Request) => Object.fromEntries(headers),
  path: ({ url }: Request) => new URL(url).pathname,
};

async function startFastify(options: ServiceOptions): Promise<string> {
  const app = Fastify();
  await app.register(fastifyGuard, guardOptions(options, ofNode));
  app.get("/music", () => "music");
  app.post("/echo", ({ body }) => body);
  app.get("/health", { config: { cordon: "open" } }, () => "ok");
  const url = await app.listen({ host: "127.0.0.1", port: 0 });
  onTestFinished(() => app.close());
  return url;
}

function startExpress(parsed: boolean) {
  return (options: ServiceOptions): Promise<string> => {
    const app = express();
    if (parsed) app.use(express.json({ strict: false, limit: "1mb" }));
    app.use(expressGuard(guardOptions(options, ofNode)));
    if (!parsed) app.use(express.json());
    app.get("/music", (_request, response) => void response.send("music"));
    app.post("/echo", ({ body }, response) => void response.json(body));
    app.get("/health", (_request, response) => void response.send("ok"));
    app.use((_error: unknown, _request: unknown, response: express.Response, next: () => void) => {
      if (response.headersSent) next();
      else response.status(500).end();
    });
    return listening(app);
  };
}

function startNode(options: ServiceOptions): Promise<string> {
  const guard = nodeGuard(guardOptions(options, ofNode));
  return listening((request, response) => {
    guard(request, response, (error) => {
      if (error !== undefined) response.writeHead(500).end();
      else if (request.url === "/echo") request.pipe(response);
      else if (request.url === "/health") response.end("ok");
      else response.end("music");
    });
  });
}

async function listening(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function startHono(options: ServiceOptions): Promise<string> {
  const app = new Hono();
  const raw =
    <T>(read: (request: Request) => T) =>
    ({ req }: { req: { raw: Request } }) =>
      read(req.raw);
  app.use(honoGuard(guardOptions(options, { headers: raw(ofWeb.headers), path: raw(ofWeb.path) })));
  app.get("/music", (context) => context.text("music"));
  app.post("/echo", async (context) => context.json(await context.req.json()));
  app.get("/health", (context) => context.text("ok"));
  app.onError((_error, context) => context.body(null, 500));
  return fetching((request) => app.fetch(request));
}

function startWeb(options: ServiceOptions): Promise<string> {
  const guard = webGuard(guardOptions(options, ofWeb));
  return fetching(async (request) => {
    try {
      const denied = await guard(request);
      if (denied !== null) return denied;
    } catch {
      return new Response(null, { status: 500 });
    }
    const { pathname } = new URL(request.url);
    if (pathname === "/echo") return new Response(await request.text());
    return new Response(pathname === "/health" ? "ok" : "music");
  });
}

function fetching(fetch: (request: Request) => Response | Promise<Response>): Promise<string> {
  return new Promise((resolve) => {
    const server = serve(
      { fetch, hostname: "127.0.0.1", port: 0, overrideGlobalObjects: false },
      ({ port }) => resolve(`http://127.0.0.1:${port}`),
    );
    onTestFinished(() => void server.close());
  });
}

export const adapters: readonly Adapter[] = [
  { name: "Fastify", start: startFastify },
  { name: "Express", start: startExpress(false) },
  { name: "Express behind a body parser", start: startExpress(true) },
  { name: "Hono", start: startHono },
  { name: "Web Request", start: startWeb },
  { name: "node:http", start: startNode },
];
