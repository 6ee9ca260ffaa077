import { createHash } from "node:crypto";
import { csafDocument, csafFileName } from "../csaf/csaf-document.ts";
import { checkFacts } from "../facts/check-facts.ts";
import type { NoticeFacts } from "../facts/notice-facts.ts";
import { inAppMessages } from "../in-app/in-app-messages.ts";
import { languageOf, locales } from "../locales/languages.ts";
import { composePress } from "../audiences/compose-press.ts";
import { textPart } from "../message/text-part.ts";
import { wordNotice } from "../message/word-notice.ts";
import { advisoryJson } from "./advisory-json.ts";
import { advisoryPage } from "./advisory-page.ts";
import { advisoryStyle } from "./advisory-style.ts";
import { atomFeed } from "./atom-feed.ts";

/** One edition of an incident's public word. */
export type AdvisoryEdition = {
  readonly facts: NoticeFacts;
  readonly edition: number;
  readonly affectedPlanned: number;
};

export type Advisory = {
  /** Oldest first; the last one is what holds. At least one. */
  readonly editions: readonly AdvisoryEdition[];
  /** Where the files will be found, with a slash at its end: `https://overture.example/security/`. */
  readonly baseUrl: string;
  /** A picture of the new version of the app, for the app's own messages; null without. */
  readonly newVersionPicture: string | null;
};

/** A static file by its path, with `/` between folders. */
export type AdvisoryFile = { readonly path: string; readonly content: string };

/**
 * The public page as static files: a page and a feed for each language, the facts as JSON, the app's messages, the press text
 * and the CSAF document with its digest. Every page works without JavaScript. Throws `ERR_NOTICE_FACTS`.
 */
export function advisoryFiles(advisory: Advisory): AdvisoryFile[] {
  const { editions, baseUrl, newVersionPicture } = advisory;
  const now = editions.at(-1);
  if (now === undefined) throw new RangeError("an advisory without an edition");
  for (const { facts } of editions) checkFacts(facts);
  const csaf = `${JSON.stringify(csafDocument(advisory), null, 2)}\n`;
  const csafPath = `csaf/${csafFileName(now.facts.reference)}`;
  const files: AdvisoryFile[] = [
    { path: "style.css", content: advisoryStyle },
    { path: "advisory.json", content: `${JSON.stringify(advisoryJson(now), null, 2)}\n` },
    { path: csafPath, content: csaf },
    {
      path: `${csafPath}.sha256`,
      content: `${createHash("sha256").update(csaf).digest("hex")}  ${csafFileName(now.facts.reference)}\n`,
    },
  ];
  for (const locale of locales) {
    const language = languageOf(locale);
    const press = wordNotice(composePress(now.facts, now.affectedPlanned), language);
    files.push(
      { path: `${locale}/index.html`, content: advisoryPage(now, language, { folder: "../", csafPath }) },
      { path: `${locale}/feed.atom`, content: atomFeed(advisory, language) },
      { path: `${locale}/press.txt`, content: `${press.subject}\n\n${textPart(press)}` },
      {
        path: `in-app/${locale}.json`,
        content: `${JSON.stringify(inAppMessages(now.facts, language, { newVersion: newVersionPicture }))}\n`,
      },
    );
  }
  const [source = "en"] = locales;
  files.push(
    { path: "index.html", content: advisoryPage(now, languageOf(source), { folder: "", csafPath }) },
    { path: "feed.atom", content: atomFeed(advisory, languageOf(source)) },
  );
  return [...files, { path: "robots.txt", content: `Sitemap: ${new URL("feed.atom", baseUrl).href}\n` }];
}
