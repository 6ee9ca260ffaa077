import { isJsonObject } from "@cordon/model";
import type { FastifyInstance } from "fastify";

import { replaySteps } from "../api/replay-api.ts";
import type { ReplayAnswer, ReplayStep } from "../api/replay-api.ts";
import { answerProblem } from "./answer-problem.ts";
import { sessionOr401 } from "./authenticate.ts";

/** The local demonstration that plays the operators: it asks a control plane for measures on one account. */
export interface ReplayDemo {
  /** `GET` says which acts are in force, `POST` with `{ step, account }` lets one happen and answers the same. */
  readonly url: string;
  readonly token: string;
}

/** An act goes through plan, approval, bundle and enforcement point before it is answered. */
const timeoutMs = 30_000;

async function ask(demo: ReplayDemo, body: object | null): Promise<readonly ReplayStep[]> {
  const response = await fetch(demo.url, {
    method: body === null ? "GET" : "POST",
    headers: { authorization: `Bearer ${demo.token}`, "content-type": "application/json" },
    ...(body === null ? {} : { body: JSON.stringify(body) }),
    signal: AbortSignal.timeout(timeoutMs),
  });
  if (!response.ok) throw new Error(`the demonstration answered ${response.status}`);
  const answer: unknown = await response.json();
  const inForce = isJsonObject(answer) ? answer["inForce"] : null;
  if (!Array.isArray(inForce)) throw new Error("the demonstration answered something else");
  return replaySteps.filter((step) => inForce.includes(step));
}

/**
 * GET and POST /api/replay: the incident once more, for the account that asks and for no other. Guarded like everything
 * else, so that its acts are felt here too. Without a demonstration there is nothing to press.
 */
export function registerReplay(app: FastifyInstance, demo: ReplayDemo | null): void {
  app.get("/api/replay", async (request, reply) => {
    if (sessionOr401(request, reply) === null) return reply;
    if (demo === null) return reply.send({ available: false, inForce: [] } satisfies ReplayAnswer);
    // One that has ended is as if there were none.
    const inForce = await ask(demo, null).catch(() => null);
    return reply
      .header("cache-control", "no-store")
      .send({ available: inForce !== null, inForce: inForce ?? [] } satisfies ReplayAnswer);
  });

  app.post<{ Body: { step: ReplayStep } }>(
    "/api/replay",
    {
      schema: {
        body: {
          type: "object",
          required: ["step"],
          additionalProperties: false,
          properties: { step: { type: "string", enum: replaySteps } },
        },
      },
    },
    async (request, reply) => {
      const session = sessionOr401(request, reply);
      if (session === null) return reply;
      if (demo === null) return answerProblem(reply, "notFound", { title: "There is no demonstration here" });
      const inForce = await ask(demo, { step: request.body.step, account: session.accountId });
      return reply.send({ available: true, inForce } satisfies ReplayAnswer);
    },
  );
}
