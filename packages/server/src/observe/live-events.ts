import type { ServerResponse } from "node:http";
import { endpoints, problem } from "@cordon/contract";
import type { Plane } from "@cordon/control-plane";
import { formatInstant } from "@cordon/model";
import type { FastifyInstance, FastifyRequest } from "fastify";
import type { Authentication } from "../authenticate.ts";
import { sendProblem } from "../send-problem.ts";

/** What happened, as far as a stream tells it: no word of what an event holds. */
interface Told {
  readonly seq: number;
  readonly atMs: number;
  readonly type: string;
  readonly stream: string;
}

const streamsMax = 500;
const commentEveryMs = 15_000;
/** A stream ends after so long, so that a token that was taken away is asked for again. The client goes on where it was. */
const streamMs = 10 * 60_000;
/** A reader that is further behind is let go: it comes again and goes on where it was. */
const unreadBytesMax = 1 << 20;
const pageEvents = 1000;

/**
 * `GET /v1/events`: server-sent events (WHATWG HTML 9.2) that say what changed, with the journal's seq as id; after
 * `Last-Event-ID` everything since then comes first. Whoever reads asks the API for the rest.
 */
export function registerLiveEvents(app: FastifyInstance, plane: Plane, authentication: Authentication): void {
  const streams = new Set<ServerResponse>();
  const comments = setInterval(() => {
    for (const stream of streams) stream.write(": still here\n\n");
  }, commentEveryMs);
  app.addHook("preClose", (done) => {
    clearInterval(comments);
    for (const stream of streams) stream.end();
    done();
  });
  const { path, roles } = endpoints.liveEvents;
  app.get(path, { onRequest: authentication.require(roles) }, async (request, reply) => {
    const after = lastEventId(request);
    if (after === "malformed") {
      const detail = "`Last-Event-ID` must be the id of an event, a whole number";
      return sendProblem(reply, problem("invalid-request", { detail }));
    }
    if (streams.size >= streamsMax)
      return sendProblem(reply, problem("unavailable", { detail: "too many event streams" }));
    reply.hijack();
    const stream = reply.raw;
    stream.writeHead(200, {
      "content-type": "text/event-stream",
      "cache-control": "no-store",
      "x-content-type-options": "nosniff",
    });
    stream.write("retry: 1000\n\n");
    streams.add(stream);
    const end = setTimeout(() => stream.end(), streamMs);
    const telling = tell(plane, stream, after);
    stream.on("close", () => {
      clearTimeout(end);
      streams.delete(stream);
      telling.stop();
    });
    return telling.begun;
  });
}

function lastEventId(request: FastifyRequest): number | null | "malformed" {
  const given = request.headers["last-event-id"];
  if (given === undefined || given === "") return null;
  if (typeof given !== "string" || !/^(0|[1-9]\d{0,15})$/.test(given)) return "malformed";
  return Number(given);
}

/** First what came after `after` (null: nothing), then what comes; each event once, in order. */
function tell(
  plane: Plane,
  stream: ServerResponse,
  after: number | null,
): { readonly begun: Promise<void>; readonly stop: () => void } {
  let next = after === null ? plane.journal.treeSize : after + 1;
  const waiting: { live: Told[] | null; tooMany: boolean } = { live: [], tooMany: false };
  const write = (events: readonly Told[]): void => {
    for (const event of events) {
      if (event.seq < next) continue;
      next = event.seq + 1;
      const text = eventText(event);
      if (text !== null) stream.write(text);
    }
    if (stream.writableLength > unreadBytesMax) stream.destroy();
  };
  const stop = plane.journal.subscribe((events) => {
    const { live } = waiting;
    if (live === null) write(events);
    // While the past is told the present waits, but not without limit: of what is too much the past is read further.
    else if (live.length < pageEvents) live.push(...events);
    else waiting.tooMany = true;
  });
  const begun = (async () => {
    try {
      for (;;) {
        const page = await plane.journal.readAll(next, pageEvents);
        write(page);
        if (stream.destroyed || (page.length < pageEvents && !waiting.tooMany)) break;
        waiting.tooMany = false;
        waiting.live = [];
      }
      const { live } = waiting;
      waiting.live = null;
      write(live ?? []);
    } catch {
      // The reader comes again and goes on where it was.
      stream.end();
    }
  })();
  return { begun, stop };
}

function eventText({ seq, atMs, type, stream }: Told): string | null {
  const incident = /^incident\/(.+)$/.exec(stream)?.[1] ?? null;
  if (incident === null && stream !== "bundles" && stream !== "releases") return null;
  const data = JSON.stringify({ seq, at: formatInstant(atMs), type, incident });
  return `id: ${seq}\nevent: ${type}\ndata: ${data}\n\n`;
}
