import type { NoticeFacts } from "../facts/notice-facts.ts";
import type { Language } from "../locales/language.ts";
import { catalogues, languageOf, locales } from "../locales/languages.ts";
import { escapeMarkup } from "../message/escape.ts";
import { contactStatement } from "../message/sections.ts";
import type { AdvisoryFile } from "./advisory.ts";
import { advisoryStyle } from "./advisory-style.ts";

/**
 * What stands in the place of an advisory whose evidence no longer holds, until a correction is approved: no figure and no
 * class, only that it is being corrected and whom to ask.
 */
export function withdrawnFiles(facts: NoticeFacts, baseUrl: string): AdvisoryFile[] {
  const [source = "en"] = locales;
  return [
    { path: "style.css", content: advisoryStyle },
    {
      path: "advisory.json",
      content: `${JSON.stringify({ type: "incident.notice.withdrawn", reference: facts.reference, service: facts.service, url: baseUrl })}\n`,
    },
    { path: "index.html", content: page(facts, languageOf(source), "") },
    ...locales.map((locale) => ({
      path: `${locale}/index.html`,
      content: page(facts, languageOf(locale), "../"),
    })),
  ];
}

function page(facts: NoticeFacts, language: Language, folder: string): string {
  const title = escapeMarkup(language.label("pageTitle", { service: { text: facts.service } }));
  return `${[
    "<!doctype html>",
    `<html lang="${language.locale}" dir="${language.direction}">`,
    `<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">`,
    `<title>${title}</title><link rel="stylesheet" href="${folder}style.css"></head>`,
    "<body>",
    `<header><nav aria-label="${escapeMarkup(language.label("pageLanguages"))}"><ul>`,
    ...catalogues.map(
      ({ locale, name, direction }) =>
        `<li><a href="${folder}${locale}/index.html" lang="${locale}" dir="${direction}" hreflang="${locale}">${escapeMarkup(name)}</a></li>`,
    ),
    "</ul></nav></header>",
    `<main><h1>${title}</h1>`,
    `<h2>${escapeMarkup(language.label("headingCorrection"))}</h2>`,
    `<p>${escapeMarkup(language.label("pageWithdrawn"))}</p>`,
    `<p>${escapeMarkup(language.say(contactStatement(facts)))}</p>`,
    `<p>${escapeMarkup(language.label("quoteReference", { reference: { text: facts.reference } }))}</p></main>`,
    "</body></html>",
  ].join("\n")}\n`;
}
