import type { Answer, EventPlaces, Explanation, Hint, ListedEvent } from "@cordon/scope";
import { causes, count, people, proofs, reasons } from "../answer-words.ts";
import { effectText, limitText } from "../explain-lines.ts";
import { markup, prose, type Markup } from "./markup.ts";

/** How many rows a table of events or of coverage has, at most. */
const rowsMax = 500;

export function classesSection(explanation: Explanation): Markup {
  const { accessed, notAccessed, unknown } = explanation.classes;
  return markup`<section aria-labelledby="classes">
    <h2 id="classes">Which data, and why</h2>
    <div class="scroll" tabindex="0">
      <table>
        <thead>
          <tr>
            <th scope="col">class</th>
            <th scope="col">is</th>
            <th scope="col">because</th>
          </tr>
        </thead>
        <tbody>
          ${accessed.map(
            ({ dataClass, events }) =>
              markup`<tr>
                <th scope="row"><code>${dataClass}</code></th>
                <td>accessed</td>
                <td>${places(events)}</td>
              </tr>`,
          )}
          ${notAccessed.map(
            ({ dataClass, watched }) =>
              markup`<tr>
                <th scope="row"><code>${dataClass}</code></th>
                <td>not accessed</td>
                <td>
                  <ul class="places">
                    ${watched.map(
                      ({ store, source, proven, more }) =>
                        markup`<li>
                          ${store}, watched by ${source}:
                          ${proven.map(
                            ({ from, to, by }, index) =>
                              markup`${index > 0 ? "; " : ""}${from} – ${to}
                              (${by.map((kind) => proofs[kind]).join(", ")})`,
                          )}${more > 0 ? ` and ${count(more)} more stretches` : ""}
                        </li>`,
                    )}
                  </ul>
                </td>
              </tr>`,
          )}
          ${unknown.map(
            ({ dataClass, openStores, events, hints }) =>
              markup`<tr>
                <th scope="row"><code>${dataClass}</code></th>
                <td>unknown</td>
                <td>
                  ${openStores.map((store) => markup`<div>${store} could have been read unseen</div>`)}
                  ${
                    events.listed.length > 0
                      ? markup`<div>possibly read:</div>
                          ${places(events)}`
                      : ""
                  }
                  ${hints.length > 0 ? markup`<div>see ${hints.map((id, index) => markup`${index > 0 ? ", " : ""}<a href="#${id}">${id}</a>`)}</div>` : ""}
                </td>
              </tr>`,
          )}
        </tbody>
      </table>
    </div>
  </section>`;
}

/** The three lists at a glance. */
export function classGroups({ dataClasses: { accessed, notAccessed, unknown } }: Answer): Markup {
  return markup`<div class="groups">
    ${classGroup("accessed", "● Accessed", accessed)} ${classGroup("not-accessed", "✓ Not accessed", notAccessed)}
    ${classGroup("unknown", "? Unknown", unknown)}
  </div>`;
}

function classGroup(name: string, title: string, classes: readonly string[]): Markup {
  return markup`<div class="group ${name}">
    <h3>${title}</h3>
    ${
      classes.length === 0
        ? markup`<p class="soft">none</p>`
        : markup`<ul>
            ${classes.map((dataClass) => markup`<li><code>${dataClass}</code></li>`)}
          </ul>`
    }
  </div>`;
}

/** How many people stand there at once; the others on demand. */
const peopleOpen = 20;

export function peopleSection({ people: named, allEvents }: Explanation, answer: Answer): Markup {
  const first = named.listed.slice(0, peopleOpen);
  const rest = named.listed.slice(peopleOpen);
  return markup`<section aria-labelledby="people">
    <h2 id="people">Whose data, and why</h2>
    ${first.length === 0 ? markup`<p>No event of the suspects names a person.</p>` : peopleTable(first)}
    ${
      rest.length === 0
        ? ""
        : markup`<details>
            <summary>${count(rest.length)} more people</summary>
            ${peopleTable(rest)}
          </details>`
    }
    ${named.more > 0 ? markup`<p>… and ${count(named.more)} more who are not listed here.</p>` : ""}
    ${
      allEvents
        ? ""
        : markup`<p class="warning">
            There are more suspect events than were looked at for this page; the counts are of all of them.
          </p>`
    }
    ${answer.decoysTouched.length === 0 ? "" : markup`<p>Decoys touched (no people): ${codes(answer.decoysTouched)}</p>`}
    ${
      answer.decoysTouchedByOthers.length === 0
        ? ""
        : markup`<p class="warning">
            Decoys touched by somebody else, perhaps a suspect who is not yet known:
            ${codes(answer.decoysTouchedByOthers)}
          </p>`
    }
  </section>`;
}

function peopleTable(listed: Explanation["people"]["listed"]): Markup {
  return markup`<div class="scroll" tabindex="0">
    <table>
      <thead>
        <tr>
          <th scope="col">account</th>
          <th scope="col">counts</th>
          <th scope="col">classes read</th>
          <th scope="col">the lines that name it</th>
        </tr>
      </thead>
      <tbody>
        ${listed.map(
          ({ account, surely, classes, events }) =>
            markup`<tr>
              <th scope="row"><code>${account}</code></th>
              <td>${surely ? "surely" : "only possibly"}</td>
              <td>${codes(classes)}</td>
              <td>
                ${events.listed.length === 0 ? "among events beyond those looked at" : places(events)}
              </td>
            </tr>`,
        )}
      </tbody>
    </table>
  </div>`;
}

/** The first of them, so that a list that grows does not fill the page. */
function codes(texts: readonly string[]): Markup {
  const rest = texts.length - rowsMax;
  return markup`${texts.slice(0, rowsMax).map((text) => markup`<code>${text}</code> `)}${rest > 0 ? `… and ${count(rest)} more` : ""}`;
}

export function boundsSection({ bounds }: Explanation): Markup {
  const sum =
    bounds.named + bounds.rows + bounds.openStores.reduce((total, open) => total + open.accounts, 0);
  const row = (number: string, what: Markup | string, then: string): Markup =>
    markup`<tr>
      <td class="number">${number}</td>
      <th scope="row">${what}</th>
      <td class="number">${then}</td>
    </tr>`;
  return markup`<section aria-labelledby="bounds">
    <h2 id="bounds">How the upper bound is made up</h2>
    <div class="scroll" tabindex="0">
      <table>
        <thead>
          <tr>
            <th scope="col" class="number">accounts</th>
            <th scope="col">from</th>
            <th scope="col" class="number">at most, without it</th>
          </tr>
        </thead>
        <tbody>
          ${row(count(bounds.named), `named by the suspects' events${bounds.namedOnlyPossibly > 0 ? `, ${count(bounds.namedOnlyPossibly)} of them only possibly` : ""}`, "")}
          ${bounds.rows > 0 ? row(count(bounds.rows), "told as numbers of people, without ids", "") : ""}
          ${bounds.openStores.map(({ store, accounts, because, atMostThen }) =>
            row(
              count(accounts),
              markup`<code>${store}</code>
                <span class="soft">${because.map((cause) => causes[cause]).join("; ")}</span>`,
              count(atMostThen),
            ),
          )}
          ${sum === bounds.atMost ? "" : row(count(sum), markup`the sum, <span class="soft">but ${limitText(bounds, sum)}</span>`, "")}
          <tr class="sum">
            <td class="number">${count(bounds.atMost)}</td>
            <th scope="row">at most</th>
            <td></td>
          </tr>
        </tbody>
      </table>
    </div>
  </section>`;
}

export function hintsSection({ hints }: Explanation, answer: Answer): Markup {
  const { atMost } = answer.accounts;
  const item = (hint: Hint): Markup =>
    markup`<li class="hint" id="${hint.id}">
      <span class="id">${hint.id}</span>
      <p>${prose(hint.what)}</p>
      <p><span class="soft">Needed:</span> ${prose(hint.settle)}</p>
      ${hint.events.listed.length > 0 ? places(hint.events) : ""}
      <p>
        <span class="effect${hint.atMostThen !== null && hint.atMostThen < atMost ? " narrows" : ""}"
          >${effectText(hint, atMost)}</span
        >
      </p>
    </li> `;
  return markup`<section aria-labelledby="sharpen">
    <h2 id="sharpen">What would make the answer sharper</h2>
    ${
      hints.listed.length === 0
        ? markup`<p>Nothing: the evidence leaves no question open.</p>`
        : markup`<p class="soft">What narrows the answer most when it alone is settled stands first.</p>
            <ul class="hints">
              ${hints.listed.map(item)}
            </ul>`
    }
    ${hints.more > 0 ? markup`<p>… and ${count(hints.more)} more.</p>` : ""}
  </section>`;
}

export function coverageTable({ timeline }: Explanation): Markup {
  const all = timeline.bands.flatMap((band) => band.stretches.map((stretch) => ({ ...band, stretch })));
  return markup`<details>
    <summary>Coverage as a table</summary>
    <div class="scroll" tabindex="0">
      <table>
        <thead>
          <tr>
            <th scope="col">store</th>
            <th scope="col">source</th>
            <th scope="col">from</th>
            <th scope="col">to</th>
            <th scope="col">was</th>
          </tr>
        </thead>
        <tbody>
          ${all.slice(0, rowsMax).map(
            ({ store, source, stretch }) =>
              markup`<tr>
                <th scope="row">${store}</th>
                <td>${source ?? "no source"}</td>
                <td class="time">${stretch.from}</td>
                <td class="time">${stretch.to}</td>
                <td>
                  ${
                    stretch.state === "proven"
                      ? `watched (${stretch.by.map((kind) => proofs[kind]).join(", ")})`
                      : `a gap: ${stretch.reasons.map((reason) => reasons[reason]).join(", ")}`
                  }
                </td>
              </tr> `,
          )}
        </tbody>
      </table>
    </div>
    ${andMore(all.length)}
  </details>`;
}

export function eventsTable(events: readonly ListedEvent[]): Markup {
  if (events.length === 0) return markup`<p>The suspects have no events inside the window.</p>`;
  return markup`<details>
    <summary>The suspects' events as a table (${count(events.length)})</summary>
    <div class="scroll" tabindex="0">
      <table>
        <thead>
          <tr>
            <th scope="col">time</th>
            <th scope="col">operation</th>
            <th scope="col">outcome</th>
            <th scope="col">classes</th>
            <th scope="col">people</th>
            <th scope="col">line</th>
          </tr>
        </thead>
        <tbody>
          ${events.slice(0, rowsMax).map(
            ({ time, operation, outcome, surely, access, file, line }) =>
              markup`<tr>
                <td class="time">${time}</td>
                <td><code>${operation}</code></td>
                <td>${outcome}${surely ? "" : " (only possibly theirs, or inside)"}</td>
                <td>${access === null ? "" : access.classes.join(", ")}</td>
                <td>${access === null ? "" : whom(access)}</td>
                <td><code>${file}:${line}</code></td>
              </tr> `,
          )}
        </tbody>
      </table>
    </div>
    ${andMore(events.length)}
  </details>`;
}

function whom({ accounts, accountsNamed, rows, opensStore }: NonNullable<ListedEvent["access"]>): string {
  const named = accounts.slice(0, 3).join(", ");
  const told = [
    ...(accountsNamed > 0 ? [accountsNamed > 3 ? `${named} … of ${count(accountsNamed)}` : named] : []),
    ...(rows === null ? [] : [people(rows)]),
    ...(opensStore ? ["not told"] : []),
  ];
  return told.length === 0 ? "nobody" : told.join("; ");
}

function andMore(all: number): Markup | string {
  return all > rowsMax ? markup`<p>… and ${count(all - rowsMax)} more.</p>` : "";
}

const placesOpen = 3;

/** The first few lines at once, the others on demand. */
function places({ listed, more }: EventPlaces): Markup {
  const line = ({ file, line: number, time, operation }: EventPlaces["listed"][number]): Markup =>
    markup`<li><code>${file}:${number}</code> <span class="soft">${time} ${operation}</span></li>`;
  const rest = listed.slice(placesOpen);
  const beyond = more > 0 ? markup`<li>… and ${count(more)} more</li>` : "";
  return markup`<ul class="places">
      ${listed.slice(0, placesOpen).map(line)}${rest.length === 0 ? beyond : ""}
    </ul>
    ${
      rest.length === 0
        ? ""
        : markup`<details>
            <summary>${count(rest.length + more)} more</summary>
            <ul class="places">
              ${rest.map(line)}${beyond}
            </ul>
          </details>`
    }`;
}
