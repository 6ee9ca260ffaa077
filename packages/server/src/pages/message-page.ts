import { html, nothing } from "../status-page/html.ts";
import { page, type Reader } from "./page.ts";

interface MessageParts {
  readonly title: string;
  readonly text: string;
  readonly hint?: string | undefined;
  readonly next: { readonly href: string; readonly label: string };
  readonly reader?: Reader | null;
}

/** One thing said, and the one way on. */
export function messagePage({ title, text, hint, next, reader = null }: MessageParts): string {
  const main = html`<section class="narrow">
    <p>${text}</p>
    ${hint === undefined ? nothing : html`<p class="quiet">${hint}</p>`}
    <p><a class="button" href="${next.href}">${next.label}</a></p>
  </section>`;
  return page({ title, reader, main });
}
