import type { FastifyReply, FastifyRequest } from "fastify";
import { sessionLifetime } from "./sessions.ts";

/** Secrets are 43 characters of base64url; anything else is no question to the database. */
const secretPattern = /^[\w-]{43}$/;

/** Over https the browser itself sees to it that no other host and no plain connection can have set the cookie. */
function nameAt(origin: string): string {
  return isSecure(origin) ? "__Host-cordon-session" : "cordon-session";
}

export function isSecure(origin: string): boolean {
  return origin.startsWith("https:");
}

/** The session's secret that a request carries; null when there is none that could be one. */
export function sessionSecret(request: FastifyRequest, origin: string): string | null {
  const secret = cookieOf(request, nameAt(origin));
  return secret !== null && secretPattern.test(secret) ? secret : null;
}

export function setSession(reply: FastifyReply, origin: string, secret: string): void {
  setCookie(reply, origin, {
    name: nameAt(origin),
    value: secret,
    sameSite: "Strict",
    maxAgeSeconds: sessionLifetime.absoluteMs / 1000,
  });
}

export function clearSession(reply: FastifyReply, origin: string): void {
  setCookie(reply, origin, { name: nameAt(origin), value: "", sameSite: "Strict", maxAgeSeconds: 0 });
}

/** The first cookie of a name (RFC 6265 5.4: the one for the longest path); null without one. */
export function cookieOf(request: FastifyRequest, name: string): string | null {
  const pairs = (request.headers.cookie ?? "").split(";").map((pair) => pair.trim());
  const pair = pairs.find((one) => one.startsWith(`${name}=`));
  return pair === undefined ? null : pair.slice(name.length + 1);
}

export function setCookie(
  reply: FastifyReply,
  origin: string,
  cookie: {
    readonly name: string;
    readonly value: string;
    readonly sameSite: "Strict" | "Lax";
    readonly maxAgeSeconds: number;
  },
): void {
  const { name, value, sameSite, maxAgeSeconds } = cookie;
  // INVARIANT: base64url and full stops need no quoting.
  if (!/^[\w.-]*$/.test(value)) throw new TypeError("a cookie's value that would need quoting");
  const text = `${name}=${value}; Path=/; Max-Age=${maxAgeSeconds}; HttpOnly; SameSite=${sameSite}`;
  const header = `${text}${isSecure(origin) ? "; Secure" : ""}`;
  reply.header("set-cookie", header);
}
