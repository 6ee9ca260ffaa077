import { createHash } from "node:crypto";
import { formatInstant } from "@cordon/model";
import type { Answer, Explanation, ListedEvent, Question } from "@cordon/scope";
import { count, headline, people } from "../answer-words.ts";
import { markup, Markup, prose } from "./markup.ts";
import {
  boundsSection,
  classesSection,
  classGroups,
  coverageTable,
  eventsTable,
  hintsSection,
  peopleSection,
} from "./page-sections.ts";
import { pageStyle } from "./page-style.ts";
import { timelineLegend, timelinePicture } from "./timeline-picture.ts";

interface PageRequest {
  readonly question: Question;
  readonly answer: Answer;
  readonly explanation: Explanation;
  readonly events: readonly ListedEvent[];
}

/** One page that needs nothing but itself: no script, no request, nothing from the logs but text. */
export function explainPage({ question, answer, explanation, events }: PageRequest): string {
  const digest = createHash("sha256").update(pageStyle).digest("base64");
  const policy = `default-src 'none'; style-src 'sha256-${digest}'; base-uri 'none'; form-action 'none'`;
  const { timeline } = explanation;
  return markup`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta http-equiv="Content-Security-Policy" content="${policy}" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="referrer" content="no-referrer" />
        <meta name="robots" content="noindex" />
        <title>${headline(answer.accounts)}</title>
        <style>${new Markup(pageStyle)}</style>
      </head>
      <body>
        <main>
          <header>
            <p class="kicker">Cordon scope, explained</p>
            <h1>${headline(answer.accounts)}</h1>
            <p class="asked">
              Asked: from ${timeText(formatInstant(Math.floor(question.fromUs / 1000)))} to
              ${timeText(formatInstant(Math.floor(question.toUs / 1000)))} (UTC). Suspect:
              ${suspects(question)}${question.decoys.length > 0 ? `. Decoys: ${count(question.decoys.length)}` : ""}.
            </p>
            ${facts(answer)} ${classGroups(answer)}
          </header>
          <section aria-labelledby="when">
            <h2 id="when">When</h2>
            <p class="soft">
              What the suspects did, and when each store was watched through each of its doors.
            </p>
            ${timelinePicture(timeline, events)} ${timelineLegend(timeline, events)}
            ${eventsTable(events)}${coverageTable(explanation)}
          </section>
          ${classesSection(explanation)} ${peopleSection(explanation, answer)}
          ${answer.accounts.kind === "exactly" ? "" : boundsSection(explanation)}
          ${hintsSection(explanation, answer)} ${contradictions(answer)}
          <section aria-labelledby="assumptions">
            <h2 id="assumptions">What no log can show</h2>
            <p>
              The answer stands on these assumptions. A named person must accept each before anybody is told.
            </p>
            <dl class="assumptions">
              ${explanation.assumptions.map(
                ({ assumption, means }) =>
                  markup`<dt><code>${assumption}</code></dt>
                    <dd>${means}</dd>`,
              )}
            </dl>
          </section>
          ${evidence(answer)}
        </main>
      </body>
    </html> `.text;
}

/** To the minute, as the eye wants it; the tables have every digit. */
function timeText(time: string): string {
  return time.slice(0, 16).replace("T", " ");
}

function suspects({ suspects: entries }: Question): Markup[] {
  return entries.map(
    (entry, index) =>
      markup`${index > 0 ? ", or " : ""}${[...entry].map(([field, text], place) => markup`${place > 0 ? " with " : ""}${field} <code>${text}</code>`)}`,
  );
}

function facts({ accounts, coverage, attempted, firstAccess, lastAccess, ifAssertionsHold }: Answer): Markup {
  const fact = (name: string, value: string, note: string): Markup =>
    markup`<div class="fact">
      <dt>${name}</dt>
      <dd>${value}</dd>
      ${note === "" ? "" : markup`<dd>${note}</dd>`}
    </div>`;
  const { kind, atLeast, atMost } = accounts;
  const held = ifAssertionsHold?.accounts;
  return markup`<dl class="facts">
    ${fact("People", kind === "exactly" ? count(atLeast) : `${count(atLeast)} – ${count(atMost)}`, kind === "exactly" ? "exactly, and proven" : held === undefined ? "between; what narrows it stands below" : `${count(held.atLeast)} – ${count(held.atMost)} if what is asserted of ${coverage.asserted.join(", ")} is true`)}
    ${fact("Logs", coverage.complete ? "Complete" : "Not complete", coverage.complete ? "every store was watched without a gap" : `${count(coverage.gaps.length)} ${coverage.gaps.length === 1 ? "gap" : "gaps"} in what was watched`)}
    ${fact("First access", firstAccess === null ? "None" : timeText(firstAccess), firstAccess === null ? "no read of a person's data is seen" : `the last one: ${timeText(lastAccess ?? firstAccess)} (UTC)`)}
    ${fact("Refused attempts", count(attempted.events), `on ${people(attempted.accounts)}: no exposure`)}
  </dl>`;
}

function contradictions(answer: Answer): Markup | string {
  if (answer.contradictions.length === 0) return "";
  return markup`<section aria-labelledby="contradictions">
    <h2 id="contradictions">Contradictions in the evidence</h2>
    <ul>
      ${answer.contradictions.map(({ source, what }) => markup`<li><code>${source}</code>: ${prose(what)}</li>`)}
    </ul>
  </section>`;
}

function evidence({ evidence: counts, answerDigest }: Answer): Markup {
  const rejected = counts.rejectedLines ?? [];
  return markup`<section aria-labelledby="evidence">
    <h2 id="evidence">Evidence</h2>
    <dl class="digests">
      <dt>events</dt>
      <dd>
        ${count(counts.events)}, ${count(counts.suspectEvents)} of the suspects; ${count(counts.duplicates)}
        duplicates
      </dd>
      <dt>unreadable lines</dt>
      <dd>${count(counts.rejected)}</dd>
      <dt>evidence digest</dt>
      <dd><code>${counts.digest}</code></dd>
      <dt>answer digest</dt>
      <dd><code>${answerDigest}</code></dd>
    </dl>
    ${
      rejected.length === 0
        ? ""
        : markup`<details>
            <summary>Unreadable lines (the first ${count(rejected.length)})</summary>
            <ul class="places">
              ${rejected.map(({ file, line, reason }) => markup`<li><code>${file}:${line}</code> ${reason}</li>`)}
            </ul>
          </details>`
    }
  </section>`;
}
