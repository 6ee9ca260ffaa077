import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";

import type { AccessTokenVerifier } from "../identity/access-token.ts";
import { buildHeader } from "../identity/build-attestation.ts";
import type { Session, SessionReader } from "../session.ts";

declare module "fastify" {
  interface FastifyRequest {
    /** Null without a valid access token. */
    session: Session | null;
  }
}

interface AuthenticateOptions {
  readonly tokens: AccessTokenVerifier;
  readonly sessions: SessionReader;
  readonly nowMs: () => number;
}

function header(request: FastifyRequest, name: string): string | undefined {
  const value = request.headers[name];
  return typeof value === "string" ? value : undefined;
}

export function buildHeaderOf(request: FastifyRequest): string | undefined {
  return header(request, buildHeader);
}

/** Reads the session of each request from its access token and its build header. Routes decide whether they need one. */
export function authenticateRequests(app: FastifyInstance, options: AuthenticateOptions): void {
  const { tokens, sessions, nowMs } = options;
  app.decorateRequest("session", null);
  app.addHook("onRequest", (request, _reply, done) => {
    const authorization = header(request, "authorization");
    if (authorization?.startsWith("Bearer ") === true) {
      const now = nowMs();
      const claims = tokens.verify(authorization.slice("Bearer ".length), now);
      if (claims !== null) {
        const build = buildHeaderOf(request);
        request.session = sessions.read(claims, build);
        sessions.note(request.session, build, now);
      }
    }
    done();
  });
}

/** The session of a request that needs one, or null after answering 401 (RFC 6750, 3.1). */
export function sessionOr401(request: FastifyRequest, reply: FastifyReply): Session | null {
  if (request.session !== null) return request.session;
  const given = request.headers.authorization !== undefined;
  void reply
    .code(401)
    .header("www-authenticate", given ? 'Bearer error="invalid_token"' : "Bearer")
    .type("application/problem+json")
    .send(JSON.stringify({ type: "about:blank", title: "Sign in", status: 401 }));
  return null;
}
