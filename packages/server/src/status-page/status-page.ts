import type { Status } from "@cordon/contract";
import { page, type Reader } from "../pages/page.ts";
import { html, nothing } from "./html.ts";
import { incidentSection } from "./incident-section.ts";
import { instant, number } from "./words.ts";

/** Browsers without scripts load the page anew this often; the others fetch it in the background. */
const refreshSeconds = 2;

/** The status as one page. `reader`: who is signed in, null where nobody needs to be. */
export function statusPage(status: Status, reader: Reader | null): string {
  const { bundle, directory, journal, incidents } = status;
  const fact = (name: string, value: string, more: string) =>
    html`<div>
      <dl>
        <dt>${name}</dt>
        <dd>${value}</dd>
      </dl>
      <p class="quiet">${more}</p>
    </div>`;
  const main = html`<p class="quiet">${instant(status.at)} · version ${status.version}</p>
    <div class="facts">
      ${fact("Bundle in force", bundle === null ? "none" : `version ${bundle.version}`, bundle === null ? "no measure reaches a client" : `${bundle.rules.length} rules, ${number(bundle.bytes)} bytes, since ${instant(bundle.inForceAt)}`)}
      ${fact("Directory", directory === null ? "not read yet" : `${number(directory.accounts)} accounts`, directory === null ? "" : `${number(directory.installations)} installations, as of ${instant(directory.asOf)}`)}
      ${fact("Journal", `${number(journal.entries)} entries`, journal.checkpoint === null ? "no checkpoint" : `checkpoint over ${number(journal.checkpoint.size)}`)}
      ${fact("Enforcement points", number(status.enforcementPoints.length), status.enforcementPoints.map(({ point, bundleVersion }) => `${point}: ${bundleVersion === null ? "no bundle" : `bundle ${bundleVersion}`}`).join(", "))}
    </div>
    ${incidents.length === 0 ? html`<section><p>No incident is open.</p></section>` : nothing}
    ${incidents.toReversed().map((incident) => incidentSection(incident, status.enforcementPoints))}
    ${bundle === null ? nothing : html`<p class="quiet">bundle <code>sha256:${bundle.sha256}</code></p>`}
    ${journal.checkpoint === null ? nothing : html`<p class="quiet">journal root <code>${journal.checkpoint.rootHash}</code></p>`}`;
  return page({ title: "Cordon", reader, main, scripts: ["status.js"], refreshSeconds, isStatus: true });
}
