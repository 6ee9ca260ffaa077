import type { FastifyInstance } from "fastify";
import { deviceName } from "../../operators/device-name.ts";
import { OperatorError } from "../../operators/errors.ts";
import { callbackPath } from "../../operators/issuer.ts";
import { clearPending, pendingOf, setPending } from "../../operators/pending-cookie.ts";
import { recogniseOperator } from "../../operators/recognise-operator.ts";
import { setSession } from "../../operators/session-cookie.ts";
import { html } from "../../status-page/html.ts";
import { page } from "../page.ts";
import type { PageContext } from "../register-pages.ts";
import { SignInLimits } from "../sign-in-limits.ts";

/** Out to the issuer and back. */
export function registerIssuerSignIn(pages: FastifyInstance, { door, issuer }: PageContext): void {
  if (issuer === null) return;
  const limits = new SignInLimits(door.clock, door.origin);
  const onRequest = limits.attempt;

  pages.get("/sign-in/issuer", { onRequest }, async (_request, reply) => {
    const { url, pending } = await issuer.begin();
    setPending(reply, door, pending);
    return reply.redirect(url.href, 303);
  });

  pages.get(callbackPath, { onRequest }, async (request, reply) => {
    const pending = pendingOf(request, door);
    clearPending(reply, door);
    if (pending === null) {
      const hint = "start again from the sign-in page, in this browser";
      throw new OperatorError("ERR_OPERATOR_SIGN_IN", "this sign-in was not begun here", { hint });
    }
    const operator = await recogniseOperator(door, await issuer.finish(request.url, pending));
    const device = deviceName(request.headers["user-agent"]);
    setSession(reply, door.origin(), await door.sessions.begin(operator, "issuer", device));
    // The cookie is not sent along while the browser still follows another site's redirect: a page of our own breaks the chain.
    return reply.header("refresh", "0; url=/").type("text/html; charset=utf-8").send(signedInPage);
  });
}

const signedInPage = page({
  title: "Signed in",
  reader: null,
  main: html`<section class="narrow">
    <p><a class="button main" href="/">On to the status</a></p>
  </section>`,
});
