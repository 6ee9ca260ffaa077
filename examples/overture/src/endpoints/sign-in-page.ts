import type { FastifyInstance } from "fastify";
import { errors } from "oidc-provider";
import type { Provider } from "oidc-provider";

import type { Accounts } from "../accounts/accounts.ts";

interface SignInPageOptions {
  readonly provider: Provider;
  readonly accounts: Accounts;
  readonly nowMs: () => number;
}

const formBytesMax = 8 * 1024;

/** Nothing in it comes from the request. */
function page(wrong: boolean): string {
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Overture: sign in</title>
<main>
<h1>Sign in</h1>
${wrong ? '<p role="alert">The account name or the password is wrong.</p>' : ""}
<form method="post">
<p><label>E-mail address <input name="username" type="email" autocomplete="username" required autofocus></label></p>
<p><label>Password <input name="password" type="password" autocomplete="current-password" required></label></p>
<p><button>Sign in</button></p>
</form>
</main>
`;
}

/** GET and POST /sign-in/:uid: where a browser signs in during OpenID Connect's authorization. */
export function registerSignInPage(app: FastifyInstance, options: SignInPageOptions): void {
  const { provider, accounts, nowMs } = options;
  const headers = {
    "content-type": "text/html; charset=utf-8",
    "cache-control": "no-store",
    "content-security-policy": "default-src 'none'; frame-ancestors 'none'; base-uri 'none'",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
  };

  void app.register((scope, _options, done) => {
    scope.addContentTypeParser(
      "application/x-www-form-urlencoded",
      { parseAs: "string", bodyLimit: formBytesMax },
      (_request, body, parsed) => parsed(null, new URLSearchParams(body.toString())),
    );
    scope.setErrorHandler((error, _request, reply) => {
      // The page was kept open too long, or its cookie is another browser's.
      if (error instanceof errors.SessionNotFound)
        return reply.code(400).send("This sign-in has expired. Start again.");
      return reply.send(error);
    });

    scope.get("/sign-in/:uid", { config: { cordon: "open" } }, async (request, reply) => {
      await provider.interactionDetails(request.raw, reply.raw);
      return reply.headers(headers).send(page(false));
    });

    scope.post("/sign-in/:uid", { config: { cordon: "open" } }, async (request, reply) => {
      await provider.interactionDetails(request.raw, reply.raw);
      const form = request.body instanceof URLSearchParams ? request.body : new URLSearchParams();
      const account = await accounts.signIn(form.get("username") ?? "", form.get("password") ?? "");
      if (account === null) return reply.code(403).headers(headers).send(page(true));
      const signedIn = { login: { accountId: account.id, ts: nowMs() / 1000, amr: ["pwd"] } };
      return reply.redirect(await provider.interactionResult(request.raw, reply.raw, signedIn), 303);
    });
    done();
  });
}
