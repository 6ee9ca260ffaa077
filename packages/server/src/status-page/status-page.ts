import type { Status } from "@cordon/contract";
import { html, Html, nothing } from "./html.ts";
import { incidentSection } from "./incident-section.ts";
import { instant, number } from "./words.ts";

const refreshSeconds = 2;

const style = `
:root { color-scheme: light dark; --ink: #1b1f24; --quiet: #5b6570; --line: #d8dde3; --page: #f6f7f9; --card: #fff; --good: #1a7f4b; --warn: #8a5a00; --bad: #b3261e; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6e9ed; --quiet: #9aa5b1; --line: #313842; --page: #14171b; --card: #1c2026; --good: #5ccb91; --warn: #e0b050; --bad: #ff8a80; } }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 60rem; padding: 1.5rem 1rem 3rem; background: var(--page); color: var(--ink); font: 16px/1.5 system-ui, sans-serif; }
h1 { font-size: 1.4rem; margin: 0; } h2 { font-size: 1.25rem; margin: 0 0 .25rem; } h3 { font-size: 1rem; margin: 1.25rem 0 .25rem; }
section, .card { background: var(--card); border: 1px solid var(--line); border-radius: .5rem; padding: 1rem; margin: 1rem 0; } .card { margin: .5rem 0; background: none; }
.facts { display: grid; grid-template-columns: repeat(auto-fit, minmax(11rem, 1fr)); gap: .75rem; margin: 1rem 0; }
.facts div { background: var(--card); border: 1px solid var(--line); border-radius: .5rem; padding: .75rem 1rem; }
dt, .quiet { color: var(--quiet); font-size: .875rem; } dd { margin: 0; font-size: 1.25rem; font-weight: 600; overflow-wrap: anywhere; } dl, p { margin: .25rem 0; }
.figure { font-size: 1.25rem; } .tag { border: 1px solid currentColor; border-radius: 1rem; padding: 0 .6rem; font-size: .8rem; font-weight: 600; }
.good { color: var(--good); } .warn { color: var(--warn); } .bad { color: var(--bad); }
.wide { overflow-x: auto; } table { border-collapse: collapse; } .rows { width: 100%; } th { text-align: left; font-weight: 500; color: var(--quiet); padding: .25rem .75rem .25rem 0; vertical-align: top; } td { padding: .25rem .75rem .25rem 0; vertical-align: top; }
.rows thead th { border-bottom: 1px solid var(--line); } .n { font-variant-numeric: tabular-nums; }
progress { width: 100%; height: .6rem; accent-color: var(--good); } code { font-size: .8rem; overflow-wrap: anywhere; }
`;

// Fetches the page anew and puts its main part in the place of this one's; without scripts the page reloads itself.
const script = `
const again = async () => {
  try {
    const answer = await fetch("/", { cache: "no-store" });
    if (answer.ok) document.querySelector("main").replaceWith(new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("main"));
    document.body.removeAttribute("data-stale");
  } catch { document.body.setAttribute("data-stale", ""); }
  setTimeout(again, ${refreshSeconds * 1000});
};
setTimeout(again, ${refreshSeconds * 1000});
`;

/** The status as one page that needs nothing else. `nonce` is the one that the response's content security policy names. */
export function statusPage(status: Status, nonce: string): string {
  const { bundle, directory, journal, incidents } = status;
  const fact = (name: string, value: string, more: string) =>
    html`<div>
      <dl>
        <dt>${name}</dt>
        <dd>${value}</dd>
      </dl>
      <p class="quiet">${more}</p>
    </div>`;
  const page = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>Cordon</title>
        <noscript><meta http-equiv="refresh" content="${refreshSeconds}" /></noscript>
        <style nonce="${nonce}">
          ${new Html(style)}
        </style>
      </head>
      <body>
        <h1>Cordon</h1>
        <main>
          <p class="quiet">${instant(status.at)} · version ${status.version}</p>
          <div class="facts">
            ${fact("Bundle in force", bundle === null ? "none" : `version ${bundle.version}`, bundle === null ? "no measure reaches a client" : `${bundle.rules.length} rules, ${number(bundle.bytes)} bytes, since ${instant(bundle.inForceAt)}`)}
            ${fact("Directory", directory === null ? "not read yet" : `${number(directory.accounts)} accounts`, directory === null ? "" : `${number(directory.installations)} installations, as of ${instant(directory.asOf)}`)}
            ${fact("Journal", `${number(journal.entries)} entries`, journal.checkpoint === null ? "no checkpoint" : `checkpoint over ${number(journal.checkpoint.size)}`)}
            ${fact("Enforcement points", number(status.enforcementPoints.length), status.enforcementPoints.map(({ point, bundleVersion }) => `${point}: ${bundleVersion === null ? "no bundle" : `bundle ${bundleVersion}`}`).join(", "))}
          </div>
          ${incidents.length === 0 ? html`<section><p>No incident is open.</p></section>` : nothing}
          ${incidents.toReversed().map((incident) => incidentSection(incident, status.enforcementPoints))}
          ${bundle === null ? nothing : html`<p class="quiet">bundle <code>sha256:${bundle.sha256}</code></p>`}
          ${journal.checkpoint === null ? nothing : html`<p class="quiet">journal root <code>${journal.checkpoint.rootHash}</code></p>`}
        </main>
        <script nonce="${nonce}">
          ${new Html(script)};
        </script>
      </body>
    </html> `;
  return page.text;
}
