import type { FastifyReply } from "fastify";

/** The browser's session: random, known to the server by its hash, out of reach for scripts. */
export const sessionCookie = "overture";

interface CookieOptions {
  readonly secure: boolean;
  readonly lifeMs: number;
}

export function setSessionCookie(
  reply: FastifyReply,
  value: string,
  { secure, lifeMs }: CookieOptions,
): void {
  void reply.setCookie(sessionCookie, value, {
    path: "/",
    httpOnly: true,
    sameSite: "lax",
    secure,
    maxAge: Math.floor(lifeMs / 1000),
  });
}

export function clearSessionCookie(reply: FastifyReply): void {
  void reply.clearCookie(sessionCookie, { path: "/" });
}
