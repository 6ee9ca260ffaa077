import { tokenDaysMax, type ApiToken } from "@cordon/contract";
import { formatInstant } from "@cordon/model";
import type { KnownOperator } from "../operators/operator-book.ts";
import type { Session } from "../operators/sessions.ts";
import { html, nothing, type Html } from "../status-page/html.ts";
import { instant } from "../status-page/words.ts";
import { formTokenField, page, type Reader } from "./page.ts";

interface OwnParts {
  readonly reader: Reader;
  readonly session: Session;
  readonly sessions: readonly Session[];
  readonly tokens: readonly ApiToken[];
  /** The secret of a token that was just made; shown this once. */
  readonly secret: string | null;
}

/** The operator's own page: where they are signed in, and what acts in their name. */
export function ownPage({ reader, session, sessions, tokens, secret }: OwnParts): string {
  const { operator } = session;
  const main = html`${secret === null ? nothing : newSecret(secret)}
    <section>
      <h2>${operator.displayName}</h2>
      <p class="quiet">${operator.name} · ${operator.roles.join(", ")}</p>
      ${operator.signsIn === "passkey" ? passkeys(operator) : nothing}
    </section>
    <section>
      <h2>Where you are signed in</h2>
      <div class="wide">
        <table class="rows">
          <thead>
            <tr>
              <th scope="col">browser</th>
              <th scope="col">since</th>
              <th scope="col">last seen</th>
              <th scope="col"><span class="quiet">end</span></th>
            </tr>
          </thead>
          <tbody>
            ${sessions.map((one) => sessionRow(one, one.id === session.id, reader))}
          </tbody>
        </table>
      </div>
      ${
        sessions.length < 2
          ? nothing
          : html`<form method="post" action="/operator/sessions/end-others">
              ${formTokenField(reader.formToken)}<button class="bad">Sign out everywhere else</button>
            </form>`
      }
    </section>
    <section>
      <h2>API tokens</h2>
      ${tokens.length === 0 ? html`<p class="quiet">None.</p>` : tokenTable(tokens, reader)}
      <h3>New token</h3>
      <form method="post" action="/operator/tokens">
        ${formTokenField(reader.formToken)}
        <label for="label">What it is for</label>
        <input type="text" id="label" name="label" required maxlength="200" autocomplete="off" />
        <fieldset>
          <legend>Roles</legend>
          ${operator.roles.map(
            (role) => html`<label><input type="checkbox" name="roles" value="${role}" /> ${role}</label>`,
          )}
        </fieldset>
        <label class="inline"
          ><input type="checkbox" name="read_only" value="yes" checked /> only to read</label
        >
        <label for="days">Days until it ends</label>
        <input type="number" id="days" name="days" value="30" min="1" max="${tokenDaysMax}" required />
        <p><button>Make token</button></p>
      </form>
    </section>`;
  return page({ title: "You", reader, main, scripts: ["webauthn.js", "passkey.js"] });
}

function newSecret(secret: string): Html {
  return html`<section aria-live="polite">
    <h2>Your new token</h2>
    <p>Copy it now: it is shown this once and kept nowhere.</p>
    <code class="secret">${secret}</code>
  </section>`;
}

function passkeys({ passkeys: own }: KnownOperator): Html {
  return html`<p>${own.length === 1 ? "1 passkey" : `${own.length} passkeys`}</p>
    <p>
      <button class="small" data-passkey="add-passkey" disabled>Add another passkey</button>
    </p>
    <p id="told" role="status" class="warn"></p>`;
}

function sessionRow(one: Session, isThis: boolean, { formToken }: Reader): Html {
  return html`<tr>
    <th scope="row">${one.device} ${isThis ? html`<span class="tag good">this one</span>` : nothing}</th>
    <td class="n">${instant(formatInstant(one.createdAtMs))}</td>
    <td class="n">${instant(formatInstant(one.lastSeenAtMs))}</td>
    <td>
      <form method="post" action="/operator/sessions/end">
        ${formTokenField(formToken)}<input type="hidden" name="session" value="${one.id}" /><button
          class="small"
        >
          Sign out
        </button>
      </form>
    </td>
  </tr>`;
}

function tokenTable(tokens: readonly ApiToken[], { formToken }: Reader): Html {
  const tags = { active: "good", expired: "", revoked: "bad" } as const;
  return html`<div class="wide">
    <table class="rows">
      <thead>
        <tr>
          <th scope="col">for</th>
          <th scope="col">state</th>
          <th scope="col">may</th>
          <th scope="col">until</th>
          <th scope="col">last used</th>
          <th scope="col"><span class="quiet">end</span></th>
        </tr>
      </thead>
      <tbody>
        ${tokens.map(
          (token) =>
            html`<tr>
              <th scope="row">${token.label}<br /><code>${token.id}</code></th>
              <td><span class="tag ${tags[token.state]}">${token.state}</span></td>
              <td>${token.roles.join(", ")}${token.readOnly ? ", only read" : ""}</td>
              <td class="n">${instant(token.expiresAt)}</td>
              <td class="n">${token.lastUsedAt === null ? "never" : instant(token.lastUsedAt)}</td>
              <td>${token.state === "active" ? revokeForm(token, formToken) : nothing}</td>
            </tr>`,
        )}
      </tbody>
    </table>
  </div>`;
}

function revokeForm(token: ApiToken, formToken: string): Html {
  return html`<form method="post" action="/operator/tokens/revoke">
    ${formTokenField(formToken)}<input type="hidden" name="token" value="${token.id}" /><button
      class="small bad"
    >
      Revoke
    </button>
  </form>`;
}
