import { problem, type Role } from "@cordon/contract";
import type { Caller } from "@cordon/control-plane";
import type { FastifyReply, FastifyRequest } from "fastify";
import { RateLimit, wrongTokensPerMinuteMax } from "./rate-limit.ts";
import { sendProblem } from "./send-problem.ts";
import type { Tokens } from "./tokens.ts";

const idempotencyKey = /^[A-Za-z0-9._:-]{1,128}$/;

/** Lets a request through whose bearer token is of one of the roles; 401 without a known token, 403 with another's. */
export class Authentication {
  readonly #tokens: Tokens;
  readonly #wrongTokens: RateLimit;
  readonly #roles = new WeakMap<FastifyRequest, Role>();

  constructor(tokens: Tokens, clock: () => number) {
    this.#tokens = tokens;
    this.#wrongTokens = new RateLimit({ max: wrongTokensPerMinuteMax, windowMs: 60_000, clock });
  }

  /** An `onRequest` hook: it runs before the body is read. */
  require(roles: readonly Role[]): (request: FastifyRequest, reply: FastifyReply) => Promise<void> {
    return async (request, reply) => {
      const token = /^Bearer ([A-Za-z0-9._~+/=-]{1,512})$/i.exec(request.headers.authorization ?? "")?.[1];
      const role = token === undefined ? null : this.#tokens.roleOf(token);
      if (role === null) {
        const limit = token === undefined ? null : this.#wrongTokens.count(request.ip);
        if (limit !== null) {
          reply.header("retry-after", String(limit));
          await sendProblem(reply, problem("too-many-requests"));
          return;
        }
        reply.header("www-authenticate", token === undefined ? "Bearer" : 'Bearer error="invalid_token"');
        await sendProblem(reply, problem("unauthenticated"));
        return;
      }
      if (!roles.includes(role)) {
        reply.header("www-authenticate", 'Bearer error="insufficient_scope"');
        const detail = `this is for ${roles.map((one) => `\`${one}\``).join(" and ")}, the token is of \`${role}\``;
        await sendProblem(reply, problem("forbidden", { detail }));
        return;
      }
      this.#roles.set(request, role);
      const key = request.headers["idempotency-key"];
      if (key !== undefined && (typeof key !== "string" || !idempotencyKey.test(key))) {
        await sendProblem(
          reply,
          problem("invalid-request", {
            detail: "the idempotency key must be 1–128 of `A-Z a-z 0-9 . _ : -`",
          }),
        );
      }
    };
  }

  /** Who sent a request that was let through. */
  caller(request: FastifyRequest): Caller {
    const role = this.#roles.get(request);
    if (role === undefined) throw new TypeError("a request that was not authenticated");
    const key = request.headers["idempotency-key"];
    return { operator: role, idempotencyKey: typeof key === "string" ? key : null };
  }
}
