import { problem } from "@cordon/contract";
import type { FastifyReply, FastifyRequest } from "fastify";
import { isSameOrigin } from "../operators/same-origin.ts";
import { failedSignInsMax, failedSignInsWindowMs, RateLimit, signInsPerMinuteMax } from "../rate-limit.ts";
import { sendProblem } from "../send-problem.ts";

/** How often anybody may try to get in, by address and by account. Counted by each server for itself. */
export class SignInLimits {
  readonly #byAddress: RateLimit;
  readonly #failed: RateLimit;
  readonly #origin: () => string;

  constructor(clock: () => number, origin: () => string) {
    this.#byAddress = new RateLimit({ max: signInsPerMinuteMax, windowMs: 60_000, clock });
    this.#failed = new RateLimit({ max: failedSignInsMax, windowMs: failedSignInsWindowMs, clock });
    this.#origin = origin;
  }

  /** An `onRequest` hook for every attempt. What isn't GET comes from a page of this server, or not at all. */
  readonly attempt = async (request: FastifyRequest, reply: FastifyReply): Promise<void> => {
    const waitSeconds = this.#byAddress.count(request.ip);
    if (waitSeconds !== null) return tooMany(reply, waitSeconds);
    if (request.method !== "GET" && !isSameOrigin(request, this.#origin()))
      await sendProblem(reply, problem("forbidden", { detail: "this is for this server's own pages" }));
  };

  failedAt(operator: string): void {
    this.#failed.count(operator);
  }

  /** Whole seconds until somebody may try at this account again; null: now. */
  waitAt(operator: string): number | null {
    return this.#failed.reached(operator);
  }
}

export async function tooMany(reply: FastifyReply, waitSeconds: number): Promise<void> {
  reply.header("retry-after", String(waitSeconds));
  await sendProblem(reply, problem("too-many-requests"));
}
