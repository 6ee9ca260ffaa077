import type { FastifyInstance } from "fastify";
import { clearSession } from "../../operators/session-cookie.ts";
import type { PageContext } from "../register-pages.ts";
import { signInPage } from "../sign-in-page.ts";
import { senderOf, visitorOf } from "../visitor.ts";

/** The way in, and the way out. */
export function registerSignIn(pages: FastifyInstance, { door, issuer }: PageContext): void {
  pages.get("/sign-in", async (request, reply) => {
    if ((await visitorOf(request, door)) !== null) return reply.redirect("/", 303);
    const book = await door.register.recent();
    const hasPasskeys = book.operators().some((one) => one.signsIn === "passkey");
    const text = signInPage({ issuer: issuer?.name ?? null, hasPasskeys });
    return reply.type("text/html; charset=utf-8").send(text);
  });

  pages.post("/sign-out", async (request, reply) => {
    const session = await senderOf(request, reply, door);
    if (session === null) return reply;
    await door.sessions.end(session.operator.name, session.id);
    clearSession(reply, door.origin());
    return reply.redirect("/sign-in", 303);
  });
}
