import type { FastifyInstance } from "fastify";

import type { WayBack } from "../accounts/way-back.ts";
import { emailField, newPasswordField } from "../pages/fields.ts";
import { acceptForms, field } from "../pages/form-body.ts";
import { escapeHtml, sendPage } from "../pages/page.ts";

const open = { config: { cordon: "open" } } as const;
const newPasswordCharsMin = 8;
const backToPlayer = '<p><a href="/api/session/sign-in">Sign in</a></p>';

const forgottenForm = `<p>We send a link to the account's address. It works for an hour.</p>
<form method="post">
${emailField()}
<p><button>Send the link</button></p>
</form>
<p><a href="/recovery">No access to that address?</a></p>`;

const resetForm = (token: string) => `<form method="post">
<input name="token" type="hidden" value="${escapeHtml(token)}">
${newPasswordField}
<p><button>Set it</button></p>
</form>`;

const recoveryForm = `<p>With one of the recovery codes that you kept:</p>
<form method="post">
${emailField()}
<p><label>Recovery code <input name="code" autocomplete="one-time-code" required></label></p>
${newPasswordField}
<p><button>Set it</button></p>
</form>
<h2>Without a code</h2>
<form method="post">
${emailField()}
<p><label>Address where we can reach you <input name="contact" type="email" required></label></p>
<p><label>What tells us that it is you <textarea name="words" maxlength="2000" required></textarea></label></p>
<p><button>Ask for help</button></p>
</form>`;

/**
 * GET and POST /forgotten, /reset, /recovery: the same ways back as pages without script, for when nothing else works. Another
 * site can't use them on somebody's behalf: they know no session, and all a form does is what its fields already prove.
 */
export function registerWayBackPages(app: FastifyInstance, wayBack: WayBack): void {
  void app.register((scope, _options, done) => {
    acceptForms(scope);

    scope.get("/forgotten", open, (_request, reply) =>
      sendPage(reply, 200, { title: "Forgotten password", body: forgottenForm }),
    );
    scope.post("/forgotten", open, (request, reply) => {
      wayBack.forgotten(field(request, "username", 320), request.ip);
      return sendPage(reply, 202, {
        title: "Look into your mail",
        body: "<p>If there is an account with this address, a link is on its way.</p>",
      });
    });

    scope.get<{ Querystring: { token?: string } }>("/reset", open, (request, reply) => {
      const token = request.query.token ?? "";
      if (!wayBack.isResettable(token)) return expired(reply);
      return sendPage(reply, 200, { title: "Set a new password", body: resetForm(token) });
    });
    scope.post("/reset", open, (request, reply) => {
      const [token, newPassword] = [field(request, "token", 200), field(request, "newPassword")];
      if (newPassword.length < newPasswordCharsMin)
        return sendPage(reply, 403, {
          title: "Set a new password",
          alert: `It needs ${newPasswordCharsMin} signs or more.`,
          body: resetForm(token),
        });
      return wayBack.reset(token, newPassword) ? set(reply) : expired(reply);
    });

    scope.get("/recovery", open, (_request, reply) =>
      sendPage(reply, 200, { title: "No access to your mail", body: recoveryForm }),
    );
    scope.post("/recovery", open, (request, reply) => {
      const email = field(request, "username", 320);
      const [code, newPassword] = [field(request, "code", 100), field(request, "newPassword")];
      if (code === "") {
        wayBack.openCase(email, field(request, "contact", 320), field(request, "words", 2000), request.ip);
        return sendPage(reply, 202, {
          title: "We look into it",
          body: "<p>If there is such an account, somebody reads this. For safety it takes some days.</p>",
        });
      }
      const again = (status: number, alert: string) =>
        sendPage(reply, status, { title: "No access to your mail", alert, body: recoveryForm });
      if (newPassword.length < newPasswordCharsMin)
        return again(403, `The new password needs ${newPasswordCharsMin} signs or more.`);
      const verdict = wayBack.byCode(email, code, newPassword, request.ip);
      if (verdict.kind === "blocked")
        return again(429, `Too many attempts. Wait ${verdict.retryAfterSeconds} seconds.`);
      return verdict.kind === "done" ? set(reply) : again(403, "The address or the code is wrong.");
    });
    done();
  });
}

type Reply = Parameters<typeof sendPage>[0];

function expired(reply: Reply): Reply {
  return sendPage(reply, 410, {
    title: "This link has expired",
    body: '<p>Each link works once, for an hour. <a href="/forgotten">Ask for another one</a>.</p>',
  });
}

function set(reply: Reply): Reply {
  return sendPage(reply, 200, {
    title: "Your password is set",
    body: `<p>You are signed out everywhere. Sign in with the new one.</p>${backToPlayer}`,
  });
}
