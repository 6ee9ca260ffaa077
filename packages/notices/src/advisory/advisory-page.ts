import { mergeClaims } from "../facts/merged-claim.ts";
import type { Language } from "../locales/language.ts";
import { catalogues } from "../locales/languages.ts";
import { nobodyNeedsNewPassword } from "../message/advice.ts";
import { contacting, numberOfPeople } from "../message/compose-general.ts";
import { escapeMarkup } from "../message/escape.ts";
import { causeOf, dataOf, discovered, doneSteps, groundsOf } from "../message/happened.ts";
import { contactStatement } from "../message/sections.ts";
import { say, type Statement } from "../message/statement.ts";
import { notAskedOfPeople } from "../audiences/third-person.ts";
import type { AdvisoryEdition } from "./advisory.ts";
import { appChoices, type AppChoice } from "./app-choices.ts";

type Place = {
  /** From the page to the advisory's folder: empty or `../`. */
  readonly folder: string;
  readonly csafPath: string;
};

/** One language's public page: HTML and a style sheet, no script. */
export function advisoryPage(
  { facts, affectedPlanned }: AdvisoryEdition,
  language: Language,
  { folder, csafPath }: Place,
): string {
  const claim = mergeClaims(facts.claims);
  const words = (statements: readonly Statement[]): string[] =>
    statements.map((one) => withLinks(language.say(one)));
  const title = language.label("pageTitle", { service: { text: facts.service } });
  const happened = [
    discovered(facts),
    ...causeOf(facts),
    ...numberOfPeople(claim),
    ...contacting(claim, affectedPlanned),
    ...groundsOf(claim, facts),
  ];
  const notNeeded = nobodyNeedsNewPassword(facts)
    ? [say("change_password", "noNewPassword", {}), ...notAskedOfPeople(facts)]
    : notAskedOfPeople(facts);
  const more: Statement[] = [];
  if (facts.recoveryPage !== null) {
    more.push(say("recoveryPage", "recovery", { page: { link: facts.recoveryPage } }));
  }
  more.push(
    contactStatement(facts),
    say("reference", "quoteReference", { reference: { text: facts.reference } }),
  );
  if (facts.nextUpdate !== null) more.push(say("nextUpdate", "nextUpdate", { at: { at: facts.nextUpdate } }));
  return `${[
    "<!doctype html>",
    `<html lang="${language.locale}" dir="${language.direction}">`,
    "<head>",
    '<meta charset="utf-8">',
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    `<title>${escapeMarkup(title)}</title>`,
    `<link rel="stylesheet" href="${folder}style.css">`,
    `<link rel="alternate" type="application/atom+xml" href="${folder}${language.locale}/feed.atom">`,
    ...catalogues.map(
      ({ locale }) => `<link rel="alternate" hreflang="${locale}" href="${folder}${locale}/index.html">`,
    ),
    "</head>",
    "<body>",
    "<header>",
    `<a class="skip" href="#choose">${escapeMarkup(language.label("pageSkip"))}</a>`,
    `<nav aria-label="${escapeMarkup(language.label("pageLanguages"))}">`,
    "<ul>",
    ...catalogues.map(({ locale, name, direction }) => {
      const current = locale === language.locale ? ' aria-current="page"' : "";
      return `<li><a href="${folder}${locale}/index.html" lang="${locale}" dir="${direction}" hreflang="${locale}"${current}>${escapeMarkup(name)}</a></li>`;
    }),
    "</ul>",
    "</nav>",
    "</header>",
    "<main>",
    `<h1>${escapeMarkup(title)}</h1>`,
    `<p>${escapeMarkup(language.label("pageUpdated", { at: { at: facts.asOf } }))}</p>`,
    ...correction(facts.correction === null ? [] : [say("correction", "correctionRight", {})], language),
    heading(language.label("headingHappened")),
    `<p>${words(happened).join("\n")}</p>`,
    heading(language.label("headingData")),
    list(words(dataOf(claim))),
    heading(language.label("headingNeedNot")),
    list(words(notNeeded)),
    `<h2 id="choose">${escapeMarkup(language.label("pageChoose"))}</h2>`,
    `<p>${escapeMarkup(language.label("pageChooseIntro"))}</p>`,
    ...appChoices(facts).map((choice) => choiceHtml(choice, facts.service, language)),
    ...(facts.done.length === 0
      ? []
      : [heading(language.label("headingDone")), list(words(doneSteps(facts)))]),
    heading(language.label("headingMore")),
    list(words(more)),
    "</main>",
    "<footer>",
    `<p>${escapeMarkup(language.label("pageFeeds"))}: ` +
      `<a href="${folder}advisory.json">JSON</a>, <a href="${folder}${language.locale}/feed.atom">Atom</a>, ` +
      `<a href="${folder}${escapeMarkup(csafPath)}">CSAF 2.0</a></p>`,
    `<p>${escapeMarkup(
      language.label("signature", {
        name: { text: facts.signature.name },
        role: { text: facts.signature.role },
        service: { text: facts.service },
      }),
    )}</p>`,
    "</footer>",
    "</body>",
    "</html>",
  ].join("\n")}\n`;
}

function heading(text: string): string {
  return `<h2>${escapeMarkup(text)}</h2>`;
}

function list(items: readonly string[]): string {
  return items.length === 0 ? "" : `<ul>\n${items.map((item) => `<li>${item}</li>`).join("\n")}\n</ul>`;
}

function correction(statements: readonly Statement[], language: Language): string[] {
  if (statements.length === 0) return [];
  return [
    heading(language.label("headingCorrection")),
    ...statements.map((one) => `<p>${escapeMarkup(language.say(one))}</p>`),
  ];
}

function choiceHtml({ platform, store, asked }: AppChoice, service: string, language: Language): string {
  const name = language.platform(platform);
  const from = store === "unknown" ? language.label("pageOtherStore") : null;
  const summary =
    store === null
      ? name
      : language.label("pageChoice", {
          platform: { word: name },
          store: from === null ? { store, service } : { word: from },
        });
  const said =
    asked.length === 0
      ? [escapeMarkup(language.label("pageNothing"))]
      : asked.map((one) => withLinks(language.say(one)));
  return `<details>\n<summary>${escapeMarkup(summary)}</summary>\n${list(said)}\n</details>`;
}

/** Escaped text in which web addresses (of facts, which were checked) can be followed. */
function withLinks(text: string): string {
  return text
    .split(/(https?:\/\/[^\s<>"]+)/)
    .map((part, index) => {
      const shown = escapeMarkup(part);
      return index % 2 === 0 ? shown : `<a href="${shown}" dir="ltr">${shown}</a>`;
    })
    .join("");
}
