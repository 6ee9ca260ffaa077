import { html, nothing, type Html } from "../status-page/html.ts";

/** Who looks at a page. */
export interface Reader {
  readonly displayName: string;
  readonly isAdministrator: boolean;
  /** Proves that a form was on a page of this session. */
  readonly formToken: string;
}

interface PageParts {
  readonly title: string;
  /** Null: nobody is signed in. */
  readonly reader: Reader | null;
  readonly main: Html;
  readonly scripts?: readonly string[];
  /** Seconds after which the page loads anew, for browsers without scripts. */
  readonly refreshSeconds?: number;
  readonly isStatus?: true;
}

/** A whole page: no inline script, no inline style, nothing from elsewhere. */
export function page({ title, reader, main, scripts = [], refreshSeconds, isStatus }: PageParts): string {
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${title === "Cordon" ? title : `${title} · Cordon`}</title>
        <link rel="stylesheet" href="/assets/cordon.css" />
        ${
          refreshSeconds === undefined
            ? nothing
            : html`<noscript><meta http-equiv="refresh" content="${refreshSeconds}" /></noscript>`
        }
        ${scripts.map((name) => html`<script defer src="/assets/${name}"></script>`)}
      </head>
      <body>
        <header>
          <h1>${title}</h1>
          ${reader === null ? nothing : navigation(reader)}
        </header>
        ${isStatus === true ? html`<main data-status>${main}</main>` : html`<main>${main}</main>`}
      </body>
    </html> `.text;
}

function navigation({ displayName, isAdministrator, formToken }: Reader): Html {
  return html`<nav aria-label="Pages">
      <a href="/">Status</a> · ${isAdministrator ? html`<a href="/operators">Operators</a> · ` : nothing}<a
        href="/operator"
        >${displayName}</a
      >
    </nav>
    <form method="post" action="/sign-out">
      ${formTokenField(formToken)}<button class="small">Sign out</button>
    </form>`;
}

export function formTokenField(formToken: string): Html {
  return html`<input type="hidden" name="form_token" value="${formToken}" />`;
}
