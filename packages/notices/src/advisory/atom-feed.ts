import type { Language } from "../locales/language.ts";
import { composePress } from "../audiences/compose-press.ts";
import { escapeMarkup } from "../message/escape.ts";
import { blocksHtml } from "../message/html-part.ts";
import { wordNotice } from "../message/word-notice.ts";
import type { Advisory, AdvisoryEdition } from "./advisory.ts";

/** RFC 4287: an entry for each edition, the newest first. */
export function atomFeed({ editions, baseUrl }: Advisory, language: Language): string {
  const now = editions.at(-1);
  if (now === undefined) throw new RangeError("a feed without an edition");
  const { service, reference, asOf, signature } = now.facts;
  const url = (path: string): string => escapeMarkup(new URL(path, baseUrl).href);
  const title = language.label("pageTitle", { service: { text: service } });
  return `${[
    '<?xml version="1.0" encoding="utf-8"?>',
    `<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="${language.locale}" xml:base="${escapeMarkup(baseUrl)}">`,
    `<id>${url(`feed/${encodeURIComponent(reference)}/${language.locale}`)}</id>`,
    `<title>${escapeMarkup(title)}</title>`,
    `<updated>${escapeMarkup(asOf)}</updated>`,
    `<author><name>${escapeMarkup(`${signature.name}, ${service}`)}</name></author>`,
    `<link rel="self" type="application/atom+xml" href="${url(`${language.locale}/feed.atom`)}"/>`,
    `<link rel="alternate" type="text/html" hreflang="${language.locale}" href="${url(`${language.locale}/index.html`)}"/>`,
    ...editions.toReversed().map((edition) => entry(edition, language, url)),
    "</feed>",
  ].join("\n")}\n`;
}

function entry(
  { facts, edition, affectedPlanned }: AdvisoryEdition,
  language: Language,
  url: (path: string) => string,
): string {
  const { subject, blocks } = wordNotice(composePress(facts, affectedPlanned), language);
  return [
    "<entry>",
    `<id>${url(`feed/${encodeURIComponent(facts.reference)}/${language.locale}/${edition}`)}</id>`,
    `<title>${escapeMarkup(subject)}</title>`,
    `<published>${escapeMarkup(facts.asOf)}</published>`,
    `<updated>${escapeMarkup(facts.asOf)}</updated>`,
    `<link rel="alternate" type="text/html" href="${url(`${language.locale}/index.html`)}"/>`,
    `<content type="html">${escapeMarkup(blocksHtml(blocks))}</content>`,
    "</entry>",
  ].join("\n");
}
