import { operatorRoles, type Invitation, type Operator } from "@cordon/contract";
import { html, nothing, type Html } from "../status-page/html.ts";
import { instant } from "../status-page/words.ts";
import { formTokenField, page, type Reader } from "./page.ts";

interface OperatorsParts {
  readonly reader: Reader;
  /** The reader's own name: nobody changes their own roles. */
  readonly own: string;
  readonly operators: readonly Operator[];
  /** One that was just made; its link is shown this once. */
  readonly invitation: Invitation | null;
}

/** Everybody who may act, for an administrator. */
export function operatorsPage({ reader, own, operators, invitation }: OperatorsParts): string {
  const main = html`${invitation === null ? nothing : newLink(invitation)}
    <section>
      <h2>Operators</h2>
      <div class="wide">
        <table class="rows">
          <thead>
            <tr>
              <th scope="col">who</th>
              <th scope="col">state</th>
              <th scope="col">signs in by</th>
              <th scope="col">roles</th>
              <th scope="col">change</th>
            </tr>
          </thead>
          <tbody>
            ${operators.map((operator) => operatorRow(operator, own, reader.formToken))}
          </tbody>
        </table>
      </div>
    </section>
    <section>
      <h2>Invite somebody</h2>
      <form method="post" action="/operators/invite">
        ${formTokenField(reader.formToken)}
        <label for="name">Name on record (a-z 0-9 . _ @ -); it never changes</label>
        <input
          type="text"
          id="name"
          name="name"
          required
          maxlength="64"
          pattern="[a-z0-9][a-z0-9._@\\-]{0,63}"
          autocomplete="off"
          autocapitalize="none"
          spellcheck="false"
        />
        <label for="display_name">As people call them</label>
        <input type="text" id="display_name" name="display_name" maxlength="200" autocomplete="off" />
        ${roleBoxes([])}
        <p><button>Make a one-time link</button></p>
      </form>
    </section>`;
  return page({ title: "Operators", reader, main });
}

function newLink({ operator, link, until }: Invitation): Html {
  return html`<section aria-live="polite">
    <h2>Link for ${operator.displayName}</h2>
    <p>
      Give it to them on a way that you trust. It is shown this once and is good once, until
      ${instant(until)}.
    </p>
    <code class="secret">${link}</code>
  </section>`;
}

const states = { active: "good", invited: "warn", revoked: "bad" } as const;
const means = { token: "a token in the home folder", passkey: "passkey", issuer: "the issuer" } as const;

function operatorRow(operator: Operator, own: string, formToken: string): Html {
  const { name, displayName, state, signsIn, roles, passkeys, invitedUntil } = operator;
  return html`<tr>
    <th scope="row">${displayName}${displayName === name ? nothing : html`<br /><code>${name}</code>`}</th>
    <td>
      <span class="tag ${states[state]}">${state}</span>
      ${invitedUntil === null ? nothing : html`<br /><span class="quiet">link until ${instant(invitedUntil)}</span>`}
    </td>
    <td>${means[signsIn]}${signsIn === "passkey" ? ` (${passkeys})` : ""}</td>
    <td>${roles.join(", ")}</td>
    <td>${state === "revoked" ? nothing : changes(operator, own, formToken)}</td>
  </tr>`;
}

function changes({ name, displayName, signsIn, roles }: Operator, own: string, formToken: string): Html {
  const fields = html`${formTokenField(formToken)}<input type="hidden" name="operator" value="${name}" />`;
  return html`${
      name === own || signsIn === "issuer"
        ? nothing
        : html`<details>
            <summary>Roles of ${displayName}</summary>
            <form method="post" action="/operators/roles">
              ${fields}${roleBoxes(roles)}<button class="small">Give these roles</button>
            </form>
          </details>`
    }
    ${
      signsIn === "passkey"
        ? html`<details>
            <summary>New link for ${displayName}</summary>
            <form method="post" action="/operators/invite-again">
              ${fields}
              <p class="quiet">For a lost passkey. Passkeys of before end when the link is used.</p>
              <button class="small">Make a one-time link</button>
            </form>
          </details>`
        : nothing
    }
    <details>
      <summary>Revoke ${displayName}</summary>
      <form method="post" action="/operators/revoke">
        ${fields}
        <p class="quiet">Ends sessions, tokens and passkeys at once. The name can't be given out again.</p>
        <button class="small bad">Revoke ${displayName} now</button>
      </form>
    </details>`;
}

function roleBoxes(checked: readonly string[]): Html {
  return html`<fieldset>
    <legend>Roles (none includes another)</legend>
    ${operatorRoles.map(
      (role) =>
        html`<label
          ><input
            type="checkbox"
            name="roles"
            value="${role}"
            ${checked.includes(role) ? checkedMark : nothing}
          />
          ${role}</label
        >`,
    )}
  </fieldset>`;
}

const checkedMark = html`checked`;
