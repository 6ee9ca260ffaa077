import { isJsonObject } from "@cordon/model";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";

import type { WebSessions } from "../accounts/web-sessions.ts";
import type { AccessTokenVerifier } from "../identity/access-token.ts";
import { apiScope, clientIdOf } from "../identity/clients.ts";
import {
  challengeOf,
  newSignInAttempt,
  openAttempt,
  ownPath,
  sealAttempt,
} from "../identity/sign-in-attempt.ts";
import type { SignInAttempt } from "../identity/sign-in-attempt.ts";
import { sessionCookie, setSessionCookie } from "./session-cookie.ts";

interface WebSignInOptions {
  readonly webSessions: WebSessions;
  readonly tokens: AccessTokenVerifier;
  readonly cookieSecret: string;
  /** Where browsers reach this service; null: wherever they say, as at home. */
  readonly publicOrigin: string | null;
  /** Where this instance reaches itself. */
  readonly ownUrl: () => string;
  /** Ends a refresh token that nobody will use. */
  readonly dropRefreshToken: (token: string) => void;
  readonly nowMs: () => number;
}

const attemptCookie = "overture-sign-in";
export const callbackPath = "/api/session/callback";
const attemptSeconds = 3600;
const tokenTimeoutMs = 20_000;

const open = { config: { cordon: "open" } } as const;

/**
 * GET /api/session/sign-in and /api/session/callback: the player's sign-in by OpenID Connect. The code is exchanged here
 * on the server; the browser gets a cookie and never sees a token.
 */
export function registerWebSignIn(app: FastifyInstance, options: WebSignInOptions): void {
  const { webSessions, tokens, cookieSecret, publicOrigin, nowMs } = options;
  const originOf = (request: FastifyRequest) => publicOrigin ?? `${request.protocol}://${request.host}`;
  const secure = publicOrigin?.startsWith("https:") === true;

  app.get<{ Querystring: { return?: string; hint?: string } }>(
    "/api/session/sign-in",
    open,
    (request, reply) => {
      const attempt = newSignInAttempt(ownPath(request.query.return));
      void reply.setCookie(attemptCookie, sealAttempt(attempt, cookieSecret), {
        path: "/api/session",
        httpOnly: true,
        sameSite: "lax",
        secure,
        maxAge: attemptSeconds,
      });
      const parameters = new URLSearchParams({
        client_id: clientIdOf("web"),
        response_type: "code",
        redirect_uri: `${originOf(request)}${callbackPath}`,
        scope: `openid ${apiScope}`,
        state: attempt.state,
        code_challenge: challengeOf(attempt),
        code_challenge_method: "S256",
        // Who comes here has no session that helps: the password is asked for, not an older sign-in (RFC 9470).
        prompt: "login",
      });
      return reply.header("cache-control", "no-store").redirect(`/auth?${parameters.toString()}`, 303);
    },
  );

  app.get<{ Querystring: { code?: string; state?: string } }>(callbackPath, open, async (request, reply) => {
    const attempt = openAttempt(request.cookies[attemptCookie], cookieSecret);
    void reply.clearCookie(attemptCookie, { path: "/api/session" }).header("cache-control", "no-store");
    const { code, state } = request.query;
    if (attempt === null || state !== attempt.state) return reply.redirect("/?sign-in=failed", 303);
    const facts =
      code === undefined ? null : await exchange(code, attempt, `${originOf(request)}${callbackPath}`);
    if (facts === null) return reply.redirect(failed(attempt.returnPath), 303);
    const before = request.cookies[sessionCookie];
    if (before !== undefined) webSessions.end(before);
    begin(reply, facts);
    return reply.redirect(attempt.returnPath, 303);
  });

  function begin(reply: FastifyReply, facts: NonNullable<ReturnType<AccessTokenVerifier["verify"]>>): void {
    setSessionCookie(reply, webSessions.begin(facts, nowMs()), { secure, lifeMs: webSessions.lifeMs });
  }

  /** Null when the code is worth nothing, or the gate lets no token out. */
  async function exchange(code: string, attempt: SignInAttempt, redirectUri: string) {
    const response = await fetch(`${options.ownUrl()}/token`, {
      method: "POST",
      body: new URLSearchParams({
        grant_type: "authorization_code",
        client_id: clientIdOf("web"),
        redirect_uri: redirectUri,
        code,
        code_verifier: attempt.verifier,
      }),
      signal: AbortSignal.timeout(tokenTimeoutMs),
    });
    const reply: unknown = await response.json();
    if (!response.ok || !isJsonObject(reply)) return null;
    const { access_token: accessToken, refresh_token: refreshToken } = reply;
    if (typeof refreshToken === "string") options.dropRefreshToken(refreshToken);
    return typeof accessToken === "string" ? tokens.verify(accessToken, nowMs()) : null;
  }
}

function failed(returnPath: string): string {
  const url = new URL(returnPath, "http://overture.invalid");
  url.searchParams.set("sign-in", "failed");
  return `${url.pathname}${url.search}${url.hash}`;
}
