import { problem, type OperatorRole, type Problem, type Role } from "@cordon/contract";
import type { Caller } from "@cordon/control-plane";
import type { FastifyReply, FastifyRequest } from "fastify";
import type { OperatorDoor } from "./operators/operator-door.ts";
import { isSameOrigin } from "./operators/same-origin.ts";
import { digestOf } from "./operators/secrets.ts";
import { sessionSecret } from "./operators/session-cookie.ts";
import { RateLimit, requestsPerSecondMax, wrongTokensPerMinuteMax } from "./rate-limit.ts";
import { sendProblem } from "./send-problem.ts";
import type { Tokens } from "./tokens.ts";

const idempotencyKey = /^[A-Za-z0-9._:-]{1,128}$/;

/** By what a request was let in: a token that lies in HOME, an API token, or the cookie of a session. */
type Means = "home" | "token" | "session";

interface OperatorHolder {
  readonly kind: "operator";
  readonly operator: string;
  /** The operator's roles, as far as the token reaches. */
  readonly roles: readonly OperatorRole[];
  /** The roles that the token is limited to; null: it is not limited. */
  readonly scope: readonly OperatorRole[] | null;
  readonly readOnly: boolean;
  readonly means: Means;
}
type Holder = OperatorHolder | { readonly kind: "enforcement" };

interface Refusal {
  readonly problem: Problem;
  readonly headers: Readonly<Record<string, string>>;
}

/** Lets a request through that comes from one who has one of the roles; 401 when it is nobody's, 403 when it is another's. */
export class Authentication {
  readonly #tokens: Tokens;
  readonly #door: OperatorDoor;
  readonly #wrongTokens: RateLimit;
  readonly #byAccount: RateLimit;
  readonly #holders = new WeakMap<FastifyRequest, Holder>();

  constructor(tokens: Tokens, door: OperatorDoor) {
    const { clock } = door;
    this.#tokens = tokens;
    this.#door = door;
    this.#wrongTokens = new RateLimit({ max: wrongTokensPerMinuteMax, windowMs: 60_000, clock });
    this.#byAccount = new RateLimit({ max: requestsPerSecondMax, windowMs: 1000, clock });
  }

  /**
   * An `onRequest` hook: it runs before the body is read. `reads`: the operation changes nothing although it is no GET, so
   * that a token for reading will do.
   */
  require(
    roles: readonly Role[],
    { reads = false }: { readonly reads?: boolean } = {},
  ): (request: FastifyRequest, reply: FastifyReply) => Promise<void> {
    return async (request, reply) => {
      const found = await this.#holderOf(request);
      const refusal = "problem" in found ? found : this.#refusalOf(request, found, roles, reads);
      if (refusal !== null) {
        reply.headers(refusal.headers);
        await sendProblem(reply, refusal.problem);
        return;
      }
      if (!("problem" in found)) this.#holders.set(request, found);
    };
  }

  /** Who sent a request that was let through. An enforcement point is none of the operators and has none of their roles. */
  caller(request: FastifyRequest): Caller {
    const holder = this.#holderAt(request);
    const key = request.headers["idempotency-key"];
    const more = { idempotencyKey: typeof key === "string" ? key : null };
    if (holder.kind === "enforcement") return { operator: "enforcement", roles: [], scope: [], ...more };
    const { operator, roles, scope } = holder;
    return { operator, roles, ...(scope === null ? {} : { scope }), ...more };
  }

  /** By what a request was let through. */
  means(request: FastifyRequest): Means {
    const holder = this.#holderAt(request);
    return holder.kind === "operator" ? holder.means : "home";
  }

  #holderAt(request: FastifyRequest): Holder {
    const holder = this.#holders.get(request);
    if (holder === undefined) throw new TypeError("a request that was not authenticated");
    return holder;
  }

  #refusalOf(
    request: FastifyRequest,
    holder: Holder,
    roles: readonly Role[],
    reads: boolean,
  ): Refusal | null {
    const held: readonly Role[] = holder.kind === "operator" ? holder.roles : ["enforcement"];
    const name = holder.kind === "operator" ? holder.operator : null;
    const waitSeconds = name === null ? null : this.#byAccount.count(name);
    if (waitSeconds !== null) return tooMany(waitSeconds);
    if (!held.some((role) => roles.includes(role))) {
      const whose = held.length === 0 ? "nobody's any more" : `of ${listed(held, " and ")}`;
      return scope(`this is for ${listed(roles, " or ")}, the token is ${whose}`);
    }
    if (holder.kind === "operator" && holder.readOnly && request.method !== "GET" && !reads) {
      return scope("this token is for reading alone");
    }
    const key = request.headers["idempotency-key"];
    if (key !== undefined && (typeof key !== "string" || !idempotencyKey.test(key))) {
      const detail = "the idempotency key must be 1–128 of `A-Z a-z 0-9 . _ : -`";
      return { problem: problem("invalid-request", { detail }), headers: {} };
    }
    return null;
  }

  async #holderOf(request: FastifyRequest): Promise<Holder | Refusal> {
    const { authorization } = request.headers;
    if (authorization === undefined) return (await this.#ofSession(request)) ?? unauthenticated("Bearer");
    const token = /^Bearer ([A-Za-z0-9._~+/=-]{1,512})$/i.exec(authorization)?.[1];
    if (token === undefined) return unauthenticated("Bearer");
    const holder = await this.#ofToken(token, request.method === "GET");
    if (holder !== null) return holder;
    const waitSeconds = this.#wrongTokens.count(request.ip);
    return waitSeconds === null ? unauthenticated('Bearer error="invalid_token"') : tooMany(waitSeconds);
  }

  async #ofToken(token: string, isQuery: boolean): Promise<Holder | null> {
    const { register, clock, uses } = this.#door;
    const home = this.#tokens.holderOf(token);
    if (home?.kind === "enforcement") return home;
    const book = isQuery ? await register.recent() : await register.current();
    if (home !== null) {
      const operator = book.operator(home.operator);
      if (operator === null || operator.revoked) return null;
      const { name, roles } = operator;
      return { kind: "operator", operator: name, roles, scope: null, readOnly: false, means: "home" };
    }
    const known = book.tokenByDigest(digestOf(token).toString("base64url"));
    if (known === null || known.revoked || known.untilMs <= clock()) return null;
    const operator = book.operator(known.operator);
    if (operator === null || operator.revoked) return null;
    await uses.used(known.id);
    // A role that the operator has lost is lost to the token too.
    const roles = known.roles.filter((role) => operator.roles.includes(role));
    const { readOnly } = known;
    const limits = readOnly ? [] : known.roles;
    return { kind: "operator", operator: operator.name, roles, scope: limits, readOnly, means: "token" };
  }

  /** What a cookie may do a page of another site must not: it is taken from pages of this server alone. */
  async #ofSession(request: FastifyRequest): Promise<Holder | Refusal | null> {
    const { sessions, origin } = this.#door;
    const secret = sessionSecret(request, origin());
    if (secret === null) return null;
    if (request.method !== "GET" && !isSameOrigin(request, origin())) {
      const detail = "a session's cookie is taken from this server's own pages alone";
      return { problem: problem("forbidden", { detail }), headers: {} };
    }
    const session = await sessions.find(secret);
    if (session === null) return null;
    const { name, roles } = session.operator;
    return { kind: "operator", operator: name, roles, scope: null, readOnly: false, means: "session" };
  }
}

function unauthenticated(challenge: string): Refusal {
  return { problem: problem("unauthenticated"), headers: { "www-authenticate": challenge } };
}

function scope(detail: string): Refusal {
  const headers = { "www-authenticate": 'Bearer error="insufficient_scope"' };
  return { problem: problem("forbidden", { detail }), headers };
}

function tooMany(waitSeconds: number): Refusal {
  return { problem: problem("too-many-requests"), headers: { "retry-after": String(waitSeconds) } };
}

function listed(roles: readonly Role[], between: string): string {
  return roles.map((role) => `\`${role}\``).join(between);
}
