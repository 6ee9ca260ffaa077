import type { Answer, Assumption } from "@cordon/scope";
import { alignColumns } from "./align-columns.ts";
import { causes, count, headline, list, people, reasons } from "./answer-words.ts";

/** How many accounts, and how many gaps, the text shows; `--json` has them all. */
const shownMax = 20;

const assumptionTexts: Readonly<Record<Assumption, string>> = {
  "doors-complete": "every way to the data is a source of the map",
  "suspects-complete": "every way the intruder is known by is in the question",
  "logs-not-writable-by-suspects": "the intruder could not change the logs",
};

/** An answer for people: what is known first, then why it is not sharper, then what it rests on. */
export function answerLines(answer: Answer): readonly string[] {
  return [
    headline(answer.accounts),
    ...accountIds(answer),
    ...section("Data", [
      ["accessed", list(answer.dataClasses.accessed)],
      ["not accessed", list(answer.dataClasses.notAccessed)],
      ["unknown", list(answer.dataClasses.unknown)],
    ]),
    ...section("Suspects inside the window", suspectRows(answer)),
    ...gapLines(answer),
    ...section(
      "Stores that could have been read beyond what the events name",
      answer.coverage.openStores.map((store) => [
        store.store,
        `${count(store.accounts)} accounts`,
        store.because.map((cause) => causes[cause]).join("; "),
      ]),
    ),
    ...hypothesisLines(answer),
    ...section(
      "Contradictions in the evidence",
      answer.contradictions.map(({ source, what }) => [source, what]),
    ),
    ...section("Evidence", evidenceRows(answer)),
    ...section(
      "Assumptions that no log can show: a named person must accept each",
      answer.assumptions.map((assumption) => [assumption, assumptionTexts[assumption]]),
    ),
    "",
    `Answer ${answer.answerDigest}`,
  ];
}

function accountIds({ accounts, accountIds: ids, accountIdsTruncated }: Answer): readonly string[] {
  const shown = ids.slice(0, shownMax).map((id) => `  ${id}`);
  const more = accountIdsTruncated || ids.length > shownMax;
  return more ? [...shown, `  … of at least ${count(accounts.atLeast)} (--json lists 10,000)`] : shown;
}

function suspectRows(answer: Answer): readonly (readonly string[])[] {
  const { attempted, decoysTouched, decoysTouchedByOthers, unclassified, possible } = answer;
  const rows = [
    ["first access", answer.firstAccess ?? "none"],
    ["last access", answer.lastAccess ?? "none"],
    [
      "accounts named",
      `${count(answer.effects.read)} read, ${count(answer.effects.write)} written, ${count(answer.effects.delete)} deleted`,
    ],
    ["refused attempts", `${count(attempted.events)} on ${people(attempted.accounts)} (no exposure)`],
  ];
  if (possible.events > 0) rows.push(["only possibly theirs", `${count(possible.events)} events`]);
  if (unclassified.events > 0) {
    rows.push(["not in the map", `${count(unclassified.events)} events: ${list(unclassified.operations)}`]);
  }
  if (decoysTouched.length > 0) rows.push(["decoys touched", list(decoysTouched)]);
  if (decoysTouchedByOthers.length > 0) {
    rows.push(["by others", `${list(decoysTouchedByOthers)}: a suspect who is not yet known?`]);
  }
  return rows;
}

function gapLines({ coverage }: Answer): readonly string[] {
  if (coverage.complete) return ["", "The logs are complete: every store was watched without a gap."];
  const rows = coverage.gaps
    .slice(0, shownMax)
    .map((gap) => [gap.from, gap.to, gap.store, gap.source ?? "no source", reasons[gap.reason]]);
  const more = coverage.gaps.length - rows.length;
  return [
    ...section("The logs are NOT complete: what happened in these gaps cannot be told", rows),
    ...(more > 0 ? [`  … and ${count(more)} more (--json lists all)`] : []),
  ];
}

function hypothesisLines({ ifAssertionsHold: hypothesis, coverage }: Answer): readonly string[] {
  if (hypothesis === undefined) return [];
  const { accounts, dataClasses, complete } = hypothesis;
  return section(`If what is asserted of ${list(coverage.asserted)} were true (nothing proves it)`, [
    [
      "accounts",
      accounts.kind === "exactly"
        ? count(accounts.atLeast)
        : `${count(accounts.atLeast)} to ${count(accounts.atMost)}`,
    ],
    ["accessed", list(dataClasses.accessed)],
    ["not accessed", list(dataClasses.notAccessed)],
    ["unknown", list(dataClasses.unknown)],
    ["logs", complete ? "complete" : "not complete"],
  ]);
}

function evidenceRows({ evidence }: Answer): readonly (readonly string[])[] {
  return [
    [
      "events",
      `${count(evidence.events)}, ${count(evidence.suspectEvents)} of the suspects, ${count(evidence.duplicates)} duplicates`,
    ],
    ["unreadable lines", count(evidence.rejected)],
    ...(evidence.rejectedLines ?? [])
      .slice(0, shownMax)
      .map(({ file, line, reason }) => ["", `${file}:${line}: ${reason}`]),
    ["digest", evidence.digest],
  ];
}

export function section(title: string, rows: readonly (readonly string[])[]): readonly string[] {
  return rows.length === 0 ? [] : ["", title, ...alignColumns(rows).map((row) => `  ${row}`)];
}
