import { endpoints, problem } from "@cordon/contract";
import type { Plane } from "@cordon/control-plane";
import type { FastifyInstance } from "fastify";
import type { ServerResponse } from "node:http";
import type { Authentication } from "../authenticate.ts";
import { sendProblem } from "../send-problem.ts";

/** Event streams that are open at a time. */
const streamsMax = 2000;
/** A comment this often keeps the stream alive through proxies. */
const commentEveryMs = 15_000;

/** Says nothing but: look again. Who reads it learns only that there is another bundle, not what is in it. */
const lookAgain = "event: look-again\ndata: {}\n\n";

export function registerBundleEvents(
  app: FastifyInstance,
  plane: Plane,
  authentication: Authentication,
): void {
  const streams = new Set<ServerResponse>();
  const tell = (text: string) => {
    for (const stream of streams) stream.write(text);
  };
  const unsubscribe = plane.release.onChange(() => tell(lookAgain));
  const comments = setInterval(() => tell(": still here\n\n"), commentEveryMs);
  // preClose: streams are requests that never end by themselves.
  app.addHook("preClose", (done) => {
    clearInterval(comments);
    unsubscribe();
    for (const stream of streams) stream.end();
    done();
  });
  const { path, roles } = endpoints.bundleEvents;
  app.get(path, { onRequest: authentication.require(roles) }, async (_request, reply) => {
    if (streams.size >= streamsMax)
      return sendProblem(reply, problem("unavailable", { detail: "too many event streams" }));
    reply.hijack();
    const stream = reply.raw;
    stream.writeHead(200, {
      "content-type": "text/event-stream",
      "cache-control": "no-store",
      "x-content-type-options": "nosniff",
    });
    stream.write(`retry: 1000\n\n`);
    streams.add(stream);
    stream.on("close", () => streams.delete(stream));
  });
}
