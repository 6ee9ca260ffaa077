import { setTimeout as wait } from "node:timers/promises";
import { endpoints, problem } from "@cordon/contract";
import type { Plane, ServedBundle } from "@cordon/control-plane";
import type { FastifyInstance, FastifyRequest } from "fastify";
import type { Authentication } from "../authenticate.ts";
import { sendProblem } from "../send-problem.ts";

/** The instance manipulation of RFC 3229 that stands for `docs/reference/delta.md`. */
const deltaName = "cordon-delta";

/** Longest that a point waits for a delta that is still being made, before it is given the whole bundle. */
const deltaWaitMs = 500;

export function registerCurrentBundle(
  app: FastifyInstance,
  plane: Plane,
  authentication: Authentication,
): void {
  const { path, roles } = endpoints.currentBundle;
  app.get(path, { onRequest: authentication.require(roles) }, async (request, reply) => {
    const served = plane.release.servedTo(pointOf(request));
    if (served === null)
      return sendProblem(reply, problem("not-found", { detail: "no bundle was put in force yet" }));
    const etag = `"${served.sha256}"`;
    reply
      .header("etag", etag)
      .header("cache-control", "private, no-cache")
      .header("vary", "a-im, cordon-point");
    const known = tagsOf(request.headers["if-none-match"]);
    if (known.includes(etag) || known.includes("*")) return reply.code(304).send();
    reply.type("application/octet-stream");
    const delta = takesDelta(request) ? await deltaFrom(plane, known, served) : null;
    if (delta === null) return reply.send(viewOf(served.bytes));
    reply.header("im", deltaName).header("delta-base", delta.base);
    return reply.code(226).send(viewOf(delta.bytes));
  });
}

/** The same bytes, not a copy for each point. */
function viewOf({ buffer, byteOffset, byteLength }: Uint8Array): Buffer {
  return Buffer.from(buffer, byteOffset, byteLength);
}

/**
 * The name that a point gives itself. Anybody with the token may give any: all that it can get is a bundle that every point
 * will be given, sooner.
 */
function pointOf(request: FastifyRequest): string | null {
  const name = request.headers["cordon-point"];
  return typeof name === "string" ? name : null;
}

/** RFC 9110 13.1.2, weak comparison: a list of entity tags, or `*`. */
function tagsOf(ifNoneMatch: string | undefined): readonly string[] {
  return (ifNoneMatch ?? "").split(",").map((tag) => tag.trim().replace(/^W\//, ""));
}

/** RFC 3229 10.5.3: a list of names, each perhaps with parameters. */
function takesDelta(request: FastifyRequest): boolean {
  const accepted = request.headers["a-im"];
  if (typeof accepted !== "string") return false;
  return accepted.split(",").some((one) => {
    const [name = "", ...parameters] = one.split(";").map((part) => part.trim().toLowerCase());
    return name === deltaName && !parameters.some((parameter) => /^q=0(\.0*)?$/.test(parameter));
  });
}

async function deltaFrom(
  plane: Plane,
  known: readonly string[],
  served: ServedBundle,
): Promise<{ readonly base: string; readonly bytes: Uint8Array } | null> {
  for (const base of known) {
    const sha256 = /^"([0-9a-f]{64})"$/.exec(base)?.[1];
    if (sha256 === undefined) continue;
    const over = new AbortController();
    const late = wait(deltaWaitMs, null, { signal: over.signal, ref: false }).catch(() => null);
    const bytes = await Promise.race([plane.deltas.between(sha256, served), late]);
    over.abort();
    return bytes === null ? null : { base, bytes };
  }
  return null;
}
