import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { endpoints, problem } from "@cordon/contract";
import type { Plane } from "@cordon/control-plane";
import type { FastifyInstance, FastifyReply } from "fastify";
import type { Authentication } from "../authenticate.ts";
import { sendProblem } from "../send-problem.ts";

/**
 * What stands beside the bundle, signed and small: the freshness stamp, and the versions of the trust root that lie in
 * HOME/bundles/trust. Both are for points that check them; nobody here believes them.
 */
export function registerBesideBundle(
  app: FastifyInstance,
  plane: Plane,
  authentication: Authentication,
): void {
  const { bundleFreshness, trustRoot } = endpoints;
  app.get(
    bundleFreshness.path,
    { onRequest: authentication.require(bundleFreshness.roles) },
    async (_, reply) => send(reply, await plane.freshness.read()),
  );
  app.get(
    trustRoot.path.replace("{version}", ":version"),
    { onRequest: authentication.require(trustRoot.roles) },
    async (request, reply) => {
      const { version = "" } = request.params as { readonly version?: string };
      // Digits alone: the name leads nowhere else.
      if (!/^[1-9]\d{0,15}$/.test(version)) return send(reply, null);
      return send(reply, await readIfThere(join(plane.home, "bundles", "trust", version)));
    },
  );
}

async function send(reply: FastifyReply, bytes: Uint8Array | null): Promise<unknown> {
  if (bytes === null) return sendProblem(reply, problem("not-found"));
  return reply.type("application/json; charset=utf-8").send(Buffer.from(bytes));
}

async function readIfThere(file: string): Promise<Uint8Array | null> {
  try {
    return await readFile(file);
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return null;
    throw error;
  }
}
