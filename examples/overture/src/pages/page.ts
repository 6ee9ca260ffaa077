import { createHash } from "node:crypto";

import type { FastifyReply } from "fastify";

const style = `
:root { color-scheme: light dark; --back: #fbf9f6; --ink: #1d1b19; --line: #b9b2a8; --act: #a3321a; }
@media (prefers-color-scheme: dark) { :root { --back: #171513; --ink: #f3eee7; --line: #5d564d; --act: #ff9b80; } }
body { margin: 0; background: var(--back); color: var(--ink); font: 1rem/1.5 system-ui, sans-serif; }
main { max-width: 24rem; margin: 12vh auto; padding: 0 1.25rem; }
h1 { font-size: 1.5rem; margin: 0 0 1rem; }
label { display: block; font-weight: 600; }
input, textarea { box-sizing: border-box; width: 100%; font: inherit; padding: .6rem; border: 1px solid var(--line); border-radius: .4rem; background: transparent; color: inherit; }
button { font: inherit; font-weight: 600; padding: .6rem 1.2rem; border: 0; border-radius: 2rem; background: var(--act); color: var(--back); cursor: pointer; }
a { color: var(--act); }
[role=alert] { border-left: .3rem solid var(--act); padding-left: .8rem; }
`;
const styleHash = createHash("sha256").update(style).digest("base64");

/** Overture's own pages run no script, and load and send nothing elsewhere. */
const headers = {
  "content-type": "text/html; charset=utf-8",
  "cache-control": "no-store",
  "content-security-policy": `default-src 'none'; style-src 'sha256-${styleHash}'; frame-ancestors 'none'; base-uri 'none'`,
  "x-frame-options": "DENY",
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
};

const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** Text as it may stand in HTML, also in an attribute's quotes. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (sign) => entities[sign] ?? "");
}

interface Page {
  readonly title: string;
  /** HTML: whatever comes from outside went through `escapeHtml`. */
  readonly body: string;
  /** Why the same page comes again; plain text. */
  readonly alert?: string | null;
}

export function sendPage(reply: FastifyReply, status: number, { title, body, alert }: Page): FastifyReply {
  const warning = alert === undefined || alert === null ? "" : `<p role="alert">${escapeHtml(alert)}</p>`;
  return reply.code(status).headers(headers).send(`<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Overture: ${escapeHtml(title)}</title>
<style>${style}</style>
<main>
<h1>${escapeHtml(title)}</h1>
${warning}
${body}
</main>
`);
}
