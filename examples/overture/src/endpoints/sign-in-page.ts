import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { errors } from "oidc-provider";
import type { Provider } from "oidc-provider";

import type { Account } from "../accounts/accounts.ts";
import type { PasswordCheck } from "../accounts/password-check.ts";
import type { WayBack } from "../accounts/way-back.ts";
import { installationCookie } from "../identity/web-grant.ts";
import { emailField, newPasswordField, passwordField } from "../pages/fields.ts";
import { acceptForms, field } from "../pages/form-body.ts";
import { escapeHtml, sendPage } from "../pages/page.ts";

interface SignInPageOptions {
  readonly provider: Provider;
  readonly passwords: PasswordCheck;
  readonly wayBack: WayBack;
  /** Whether the policy in force asks this account for a new password. */
  readonly mustChangePassword: (account: Account) => boolean;
  readonly nowMs: () => number;
}

const open = { config: { cordon: "open" } } as const;
const newPasswordCharsMin = 8;

function askPassword(reply: FastifyReply, status: number, email: string, alert: string | null): FastifyReply {
  return sendPage(reply, status, {
    title: "Sign in",
    alert,
    body: `<form method="post">
${emailField(email)}
${passwordField}
<p><button>Sign in</button></p>
</form>
<p><a href="/forgotten">Forgotten your password?</a> <a href="/recovery">No access to your mail?</a></p>`,
  });
}

/** The old password is typed once more, so that nothing has to be remembered between two pages. */
function askNewPassword(reply: FastifyReply, email: string, alert: string | null): FastifyReply {
  return sendPage(reply, alert === null ? 200 : 403, {
    title: "Set a new password",
    alert,
    body: `<p>Your password was in use before an incident. Choose another one to go on; you are signed out everywhere else.</p>
<form method="post">
<input name="username" type="hidden" value="${escapeHtml(email)}">
<p><label>Password until now <input name="password" type="password" autocomplete="current-password" required autofocus></label></p>
${newPasswordField}
<p><button>Set it and sign in</button></p>
</form>`,
  });
}

/** GET and POST /sign-in/:uid: where a browser signs in during OpenID Connect's authorization. */
export function registerSignInPage(app: FastifyInstance, options: SignInPageOptions): void {
  const { provider, passwords, wayBack, mustChangePassword, nowMs } = options;

  /** True when the new password of the form was set; otherwise the page was answered. */
  function setNewPassword(request: FastifyRequest, reply: FastifyReply, account: Account): boolean {
    const [password, newPassword] = [field(request, "password"), field(request, "newPassword")];
    const alert =
      newPassword === ""
        ? null
        : newPassword.length < newPasswordCharsMin
          ? `The new password needs ${newPasswordCharsMin} signs or more.`
          : newPassword === password
            ? "The new password is the old one."
            : "";
    if (alert === "") {
      wayBack.setPassword(account.id, newPassword);
      return true;
    }
    askNewPassword(reply, account.email, alert);
    return false;
  }

  void app.register((scope, _options, done) => {
    acceptForms(scope);
    scope.setErrorHandler((error, _request, reply) => {
      // The page was kept open too long, or its cookie is another browser's.
      if (error instanceof errors.SessionNotFound)
        return sendPage(reply, 400, {
          title: "This sign-in has expired",
          body: '<p><a href="/api/session/sign-in">Start again</a></p>',
        });
      return reply.send(error);
    });

    scope.get("/sign-in/:uid", open, async (request, reply) => {
      await provider.interactionDetails(request.raw, reply.raw);
      return askPassword(reply, 200, "", null);
    });

    scope.post("/sign-in/:uid", open, async (request, reply) => {
      await provider.interactionDetails(request.raw, reply.raw);
      const email = field(request, "username", 320);
      const verdict = await passwords.try({
        email,
        password: field(request, "password"),
        address: request.ip,
        installationId: request.cookies[installationCookie] ?? null,
      });
      if (verdict.kind === "blocked") {
        void reply.header("retry-after", String(verdict.retryAfterSeconds));
        return askPassword(
          reply,
          429,
          email,
          `Too many attempts. Wait ${verdict.retryAfterSeconds} seconds before the next one.`,
        );
      }
      if (verdict.kind === "wrong")
        return askPassword(reply, 403, email, "The account name or the password is wrong.");
      const { account } = verdict;
      if (mustChangePassword(account) && !setNewPassword(request, reply, account)) return reply;
      // A millisecond later than any session that a new password has just ended.
      const signedIn = { login: { accountId: account.id, ts: (nowMs() + 1) / 1000, amr: ["pwd"] } };
      return reply.redirect(await provider.interactionResult(request.raw, reply.raw, signedIn), 303);
    });
    done();
  });
}
