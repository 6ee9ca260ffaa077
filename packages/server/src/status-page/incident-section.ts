import type { Claim, DutySummary, Incident, Notice, NoticeCounts, Plan, Progress } from "@cordon/contract";
import { noAdvice } from "@cordon/control-plane";
import { html, nothing, type Html } from "./html.ts";
import { accountsMet, timesMet } from "./progress.ts";
import { instant, measureDetail, measureName, number, people } from "./words.ts";

export function incidentSection(incident: Incident, points: readonly Progress[]): Html {
  const isOpen = incident.status === "open";
  return html`<section>
    <h2>
      ${incident.title} <span class="tag ${isOpen ? "warn" : "good"}">${isOpen ? "open" : "all clear"}</span>
    </h2>
    <p class="quiet">${incident.id} · opened ${instant(incident.opened.at)} by ${incident.opened.by}</p>
    ${claims(incident)} ${incident.plans.map((plan) => planBlock(plan, points))}
    ${incident.notices.map(noticeBlock)} ${duties(incident)}
    ${
      incident.unfinished.length === 0
        ? nothing
        : html`<h3>Before the all clear</h3>
            <ul>
              ${incident.unfinished.map((reason) => html`<li>${withoutTicks(reason)}</li>`)}
            </ul>`
    }
  </section>`;
}

function withoutTicks(text: string): string {
  return text.replaceAll("`", "");
}

function claims(incident: Incident): Html {
  if (incident.claims.length === 0) {
    const asked = incident.answers.length;
    return html`<h3>Claims</h3>
      <p class="quiet">None yet${asked === 0 ? "" : `; questions answered: ${asked}`}.</p>`;
  }
  return html`<h3>Claims</h3>
    ${incident.claims.map(claimBlock)}`;
}

function claimBlock(claim: Claim): Html {
  const { accessed, notAccessed, unknown } = claim.dataClasses;
  const row = (name: string, classes: readonly string[]) =>
    classes.length === 0
      ? nothing
      : html`<tr>
          <th>${name}</th>
          <td>${classes.join(", ")}</td>
        </tr>`;
  return html`<div class="card">
    <p>
      <strong class="figure">${people(claim.accounts)}</strong>
      <span class="tag ${claim.holds ? "good" : "bad"}">${claim.holds ? "holds" : "no longer holds"}</span>
    </p>
    <table>
      <tr>
        <th>window</th>
        <td>${instant(claim.window.from)} – ${instant(claim.window.to)}</td>
      </tr>
      ${row("accessed", accessed)} ${row("not accessed", notAccessed)} ${row("can't be ruled out", unknown)}
    </table>
  </div>`;
}

const planStates: { readonly [state: string]: string } = { "in-force": "good", drafted: "", lifted: "" };

function planBlock(plan: Plan, points: readonly Progress[]): Html {
  const failure = plan.publishing?.lastFailure ?? null;
  return html`<h3>
      Plan <span class="tag ${planStates[plan.state] ?? "warn"}">${plan.state.replaceAll("-", " ")}</span>
    </h3>
    <p class="quiet">
      drafted by
      ${plan.drafted.by}${plan.approved === null ? "" : `, approved by ${plan.approved.by}`}${
        plan.inForce === null
          ? ""
          : `, in force since ${instant(plan.inForce.at)} with bundle ${plan.inForce.bundleVersion}`
      }
    </p>
    ${failure === null ? nothing : html`<p class="tag bad">the bundle could not be built: ${failure}</p>`}
    <div class="wide">
      <table class="rows">
        <thead>
          <tr>
            <th>measure</th>
            <th>asks</th>
            <th>accounts</th>
            <th>times met at gates</th>
            <th>accounts that met it</th>
          </tr>
        </thead>
        <tbody>
          ${plan.measures.map((measure) => {
            const members = plan.inForce?.cohorts[measure.id];
            const met = accountsMet(points, measure);
            const whom =
              members === undefined
                ? measure.cohort === undefined || "everyone" in measure.cohort
                  ? "everybody"
                  : "–"
                : number(members);
            return html`<tr>
              <th>${measure.id}</th>
              <td>${measureName(measure.measure)}, ${measureDetail(measure)}</td>
              <td class="n">${whom}</td>
              <td class="n">${number(timesMet(points, measure))}</td>
              <td class="n">${met === null ? "–" : `at least ${number(met)}`}</td>
            </tr>`;
          })}
        </tbody>
      </table>
    </div>`;
}

function noticeBlock(notice: Notice): Html {
  const tag = notice.state === "sent" ? "good" : notice.state === "stopped" ? "bad" : "warn";
  const row = (name: string, counts: NoticeCounts) =>
    html`<tr>
      <th>${name}</th>
      <td class="n">${number(counts.planned)}</td>
      <td class="n">${number(counts.delivered)}</td>
      <td class="n">${number(counts.pending)}</td>
      <td class="n">${number(counts.failed)}</td>
      <td class="n">${number(counts.unknown)}</td>
    </tr>`;
  const { planned, delivered } = notice.total;
  return html`<h3>Notices <span class="tag ${tag}">${notice.state}</span></h3>
    ${notice.stopped === null ? nothing : html`<p class="tag bad">stopped: ${withoutTicks(notice.stopped.because)}</p>`}
    ${planned === 0 ? nothing : html`<progress max="${planned}" value="${delivered}">${delivered} of ${planned}</progress>`}
    <div class="wide">
      <table class="rows">
        <thead>
          <tr>
            <th>to</th>
            <th>planned</th>
            <th>handed over</th>
            <th>waiting</th>
            <th>failed</th>
            <th>unknown</th>
          </tr>
        </thead>
        <tbody>
          ${row("the affected", notice.affected)}${row("everybody else", notice.everybodyElse)}
        </tbody>
      </table>
    </div>`;
}

function duties({ duties: all }: Incident): Html {
  if (all.length === 0) return nothing;
  return html`<h3>Duties</h3>
    <p class="quiet">${noAdvice}</p>
    <div class="wide">
      <table class="rows">
        <thead>
          <tr>
            <th>duty</th>
            <th>stands</th>
            <th>due</th>
            <th>rule is</th>
          </tr>
        </thead>
        <tbody>
          ${all.map(dutyRow)}
        </tbody>
      </table>
    </div>`;
}

function dutyRow(duty: DutySummary): Html {
  const { rule, law, to, status, soon, dueAt, waitsFor, state, source } = duty;
  const tag = status === "overdue" || status === "done-late" ? "bad" : soon ? "warn" : "";
  const stands = soon ? "due soon" : status.replaceAll("-", " ");
  return html`<tr>
    <th>${rule}<br /><span class="quiet">${law}, to ${to}</span></th>
    <td><span class="tag ${tag}">${stands}</span>${waitsFor === null ? "" : ` for ${waitsFor}`}</td>
    <td>${dueAt === null ? "–" : instant(dueAt)}</td>
    <td>${state}<br /><span class="quiet">${source}</span></td>
  </tr>`;
}
