import { english } from "./english.ts";
import type { Phrases } from "./phrases.ts";

/** The languages that are written. A contact whose language is missing is written to in English. */
const languages: Readonly<Record<string, Phrases>> = { en: english };

/** RFC 4647 lookup: the tag itself, then with its subtags cut from the end; English when nothing fits. */
export function phrasesFor(locale: string | null): Phrases {
  for (let tag = (locale ?? "").toLowerCase().replaceAll("_", "-"); tag !== "";) {
    const phrases = Object.hasOwn(languages, tag) ? languages[tag] : undefined;
    if (phrases !== undefined) return phrases;
    tag = tag.includes("-") ? tag.slice(0, tag.lastIndexOf("-")) : "";
  }
  return english;
}
