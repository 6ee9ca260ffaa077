import { html, nothing, type Html } from "../status-page/html.ts";
import { page } from "./page.ts";

interface SignInParts {
  /** The issuer's host, for the button; null without one. */
  readonly issuer: string | null;
  readonly hasPasskeys: boolean;
}

export function signInPage({ issuer, hasPasskeys }: SignInParts): string {
  const main = html`<section class="narrow">
    ${
      issuer === null
        ? nothing
        : html`<p><a class="button main" href="/sign-in/issuer">Sign in with ${issuer}</a></p>`
    }
    ${hasPasskeys ? passkeyButton(issuer === null) : nothing}
    ${
      issuer === null && !hasPasskeys
        ? html`<p>Nobody is enrolled yet. Whoever runs this server makes the first link:</p>
            <p><code>cordon operator invite NAME --roles administrator,viewer</code></p>`
        : nothing
    }
    <p id="told" role="status" class="warn"></p>
    <noscript><p class="warn">Passkeys need JavaScript.</p></noscript>
  </section>`;
  return page({ title: "Sign in", reader: null, main, scripts: ["webauthn.js", "passkey.js"] });
}

function passkeyButton(isMain: boolean): Html {
  return html`<p>
    <button class="${isMain ? "main" : ""}" data-passkey="sign-in" disabled>Sign in with a passkey</button>
  </p>`;
}
