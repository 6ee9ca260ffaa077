import type { Answer, EventPlaces, Explanation, Hint } from "@cordon/scope";
import { section } from "./answer-lines.ts";
import { causes, count, headline, people, proofs } from "./answer-words.ts";

/** How much of each list the text shows; `--json` and `--html` have more. */
const shownMax = 20;
const eventsShownMax = 3;

/** Why the answer is what it is, for people. */
export function explainLines(answer: Answer, explanation: Explanation): readonly string[] {
  const { classes, assumptions, allEvents } = explanation;
  return [
    headline(answer.accounts),
    ...boundsLines(explanation),
    ...personLines(explanation),
    ...section(
      "Classes accessed, and the lines that say so",
      classes.accessed.map(({ dataClass, events }) => [dataClass, placesText(events)]),
    ),
    ...section(
      "Classes NOT accessed, and the coverage that says so",
      classes.notAccessed.flatMap(({ dataClass, watched }) =>
        watched.flatMap(({ store, source, proven, more }) => [
          ...proven.map(({ from, to, by }) => [
            dataClass,
            store,
            `${source} watched it ${from} – ${to} (${by.map((kind) => proofs[kind]).join(", ")})`,
          ]),
          ...(more > 0 ? [[dataClass, store, `… and ${count(more)} more stretches`]] : []),
        ]),
      ),
    ),
    ...section(
      "Classes of which nobody can tell",
      classes.unknown.map(({ dataClass, openStores, events, hints }) => [
        dataClass,
        [
          ...openStores.map((store) => `${store} could have been read unseen`),
          ...(events.listed.length > 0 ? [`possibly read: ${placesText(events)}`] : []),
          ...(hints.length > 0
            ? [`see ${hints.slice(0, 5).join(", ")}${hints.length > 5 ? ", …" : ""}`]
            : []),
        ].join("; "),
      ]),
    ),
    ...hintLines(explanation, answer.accounts.atMost),
    ...section(
      "Assumptions that no log can show: a named person must accept each",
      assumptions.map(({ assumption, means }) => [assumption, means]),
    ),
    ...(allEvents ? [] : ["", "There are more suspect events than were looked at for this explanation."]),
    "",
    `Answer ${answer.answerDigest}`,
  ];
}

function boundsLines({ bounds }: Explanation): readonly string[] {
  const sum =
    bounds.named + bounds.rows + bounds.openStores.reduce((total, open) => total + open.accounts, 0);
  return section(`How the upper bound of ${count(bounds.atMost)} is made up`, [
    [
      count(bounds.named),
      `named by the suspects' events${bounds.namedOnlyPossibly > 0 ? `, ${count(bounds.namedOnlyPossibly)} of them only possibly` : ""}`,
    ],
    ...(bounds.rows > 0 ? [[count(bounds.rows), "told as numbers of people"]] : []),
    ...bounds.openStores.map(({ store, accounts, because, atMostThen }) => [
      count(accounts),
      `in ${store}: ${because.map((cause) => causes[cause]).join("; ")} (without it at most ${count(atMostThen)})`,
    ]),
    ...(sum === bounds.atMost ? [] : [[`= ${count(sum)}`, `but ${limitText(bounds, sum)}`]]),
  ]);
}

export function limitText({ cap, atMost }: Explanation["bounds"], sum: number): string {
  return cap !== null && sum > cap && atMost === cap
    ? `there are only ${people(cap)} that can be reached`
    : `one event alone tells of ${people(atMost)}`;
}

function personLines({ people: { listed, more } }: Explanation): readonly string[] {
  const rows = listed
    .slice(0, shownMax)
    .map(({ account, surely, events }) => [
      account,
      surely ? "" : "only possibly",
      events.listed.length === 0 ? "lines beyond those looked at" : placesText(events),
    ]);
  const rest = more + listed.length - rows.length;
  return [
    ...section("People, and the lines that name them", rows),
    ...(rest > 0 ? [`  … and ${count(rest)} more`] : []),
  ];
}

function hintLines({ hints }: Explanation, atMost: number): readonly string[] {
  const shown = hints.listed.slice(0, shownMax);
  const rest = hints.more + hints.listed.length - shown.length;
  if (shown.length === 0) return [];
  return [
    "",
    "What would make the answer sharper",
    ...shown.flatMap((hint) => [
      `  ${hint.id}  ${hint.what}`,
      ...(hint.events.listed.length > 0 ? [`      at ${placesText(hint.events)}`] : []),
      `      needed: ${hint.settle}`,
      `      ${effectText(hint, atMost)}`,
    ]),
    ...(rest > 0 ? [`  … and ${count(rest)} more`] : []),
  ];
}

/** What a hint does to the upper bound. */
export function effectText({ adds, atMostThen }: Hint, atMost: number): string {
  const added = adds === null ? "how much it adds cannot be told" : `adds up to ${people(adds)}`;
  if (atMostThen === null) return added;
  return atMostThen < atMost
    ? `${added}; settled alone, at most ${people(atMostThen)}`
    : `${added}; settled alone, the upper bound stays`;
}

function placesText({ listed, more }: EventPlaces): string {
  const shown = listed.slice(0, eventsShownMax).map(({ file, line, time }) => `${file}:${line} (${time})`);
  const rest = more + listed.length - shown.length;
  return `${shown.join(", ")}${rest > 0 ? ` … and ${count(rest)} more` : ""}`;
}
