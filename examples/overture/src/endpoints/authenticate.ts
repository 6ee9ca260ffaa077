import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";

import type { AccountSessions } from "../accounts/account-sessions.ts";
import type { WebSessions } from "../accounts/web-sessions.ts";
import type { AccessTokenVerifier } from "../identity/access-token.ts";
import { buildHeader } from "../identity/build-attestation.ts";
import type { Session, SessionFacts, SessionReader } from "../session.ts";
import { answerProblem } from "./answer-problem.ts";
import { originOf } from "./same-origin.ts";
import { sessionCookie } from "./session-cookie.ts";

declare module "fastify" {
  interface FastifyRequest {
    /** Null without a valid credential. */
    session: Session | null;
  }
}

interface AuthenticateOptions {
  readonly tokens: AccessTokenVerifier;
  readonly webSessions: WebSessions;
  readonly accountSessions: AccountSessions;
  readonly sessions: SessionReader;
  /** Where browsers reach the service; null: wherever they say. */
  readonly publicOrigin: string | null;
  readonly nowMs: () => number;
}

function header(request: FastifyRequest, name: string): string | undefined {
  const value = request.headers[name];
  return typeof value === "string" ? value : undefined;
}

export function buildHeaderOf(request: FastifyRequest): string | undefined {
  return header(request, buildHeader);
}

/**
 * Reads the session of each request from its access token or its cookie, and its build header. Routes decide whether they
 * need one. What another site makes a browser send with its cookie is refused here, before anything is decided.
 */
export function authenticateRequests(app: FastifyInstance, options: AuthenticateOptions): void {
  const { tokens, webSessions, accountSessions, sessions, nowMs } = options;
  app.decorateRequest("session", null);

  const factsOf = (request: FastifyRequest, now: number): SessionFacts | null => {
    const authorization = header(request, "authorization");
    if (authorization !== undefined) {
      return authorization.startsWith("Bearer ")
        ? tokens.verify(authorization.slice("Bearer ".length), now)
        : null;
    }
    const cookie = request.cookies[sessionCookie];
    return cookie === undefined ? null : webSessions.read(cookie, now);
  };

  app.addHook("onRequest", (request, reply, done) => {
    // Older clients bring their own credential, from wherever they run; a cookie means nothing there.
    if (request.routeOptions.url?.startsWith("/rest/") === true) {
      done();
      return;
    }
    const byCookie =
      request.headers.authorization === undefined && request.cookies[sessionCookie] !== undefined;
    const origin = originOf(request, options.publicOrigin);
    if (origin === "other" || (origin === "unknown" && byCookie)) {
      answerProblem(reply, "crossSite");
      return;
    }
    const now = nowMs();
    const facts = factsOf(request, now);
    if (facts !== null && !accountSessions.isEnded(facts)) {
      const build = buildHeaderOf(request);
      request.session = sessions.read(facts, build);
      sessions.note(request.session, build, now);
    }
    done();
  });
}

/** The session of a request that needs one, or null after answering 401 (RFC 6750, 3.1). */
export function sessionOr401(request: FastifyRequest, reply: FastifyReply): Session | null {
  if (request.session !== null) return request.session;
  const given = request.headers.authorization !== undefined;
  answerProblem(
    reply.header("www-authenticate", given ? 'Bearer error="invalid_token"' : "Bearer"),
    "signIn",
  );
  return null;
}
