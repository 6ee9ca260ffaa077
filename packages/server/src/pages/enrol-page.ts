import { html } from "../status-page/html.ts";
import { page } from "./page.ts";

/** The same for everybody: whose link it is stands in the fragment, which the server is not sent. */
export function enrolPage(): string {
  const main = html`<section class="narrow">
    <p>
      Your device will make a passkey for this server and ask for your PIN, finger or face. This link is good
      once, and any passkey you had here before ends with it.
    </p>
    <p><button class="main" data-passkey="enrol" disabled>Make my passkey</button></p>
    <p id="told" role="status" class="warn"></p>
    <noscript><p class="warn">Passkeys need JavaScript.</p></noscript>
  </section>`;
  return page({ title: "Enrol", reader: null, main, scripts: ["webauthn.js", "passkey.js"] });
}
