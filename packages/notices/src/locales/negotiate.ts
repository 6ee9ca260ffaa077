import { match } from "@formatjs/intl-localematcher";
import { locales } from "./languages.ts";

/**
 * Which language each unwritten one is told in, by an operator's decision: `{ "sv": "en" }`. A key holds for its narrower
 * tags too (RFC 4647, 3.4: `sv` for `sv-FI`).
 */
export type Fallbacks = Readonly<Record<string, string>>;

/** What is written for a reader: a language, by itself or by a decision, or none. */
export type Negotiated =
  | { readonly locale: string; readonly by: "translation" | "fallback" | "none-known" }
  | { readonly locale: null; readonly missing: string };

const noLanguage = "und";
/** A directory may hold anything: longer text is no tag. */
const tagLengthMax = 64;

/**
 * RFC 4647 lookup over the languages that are written: `de-AT` is told in `de`, `pt` in `pt-BR` (its likely region by
 * CLDR), `pt-PT` in nothing unless a fallback names it. Who has no language on record, or none that can be read, is told in
 * the source language, or in what the fallback for `und` names.
 */
export function negotiate(requested: string | null, fallbacks: Fallbacks = {}): Negotiated {
  const tag = canonicalTag(requested);
  if (tag === null || tag === noLanguage) {
    const named = fallbacks[noLanguage];
    return named === undefined
      ? { locale: locales[0] ?? noLanguage, by: "none-known" }
      : { locale: named, by: "fallback" };
  }
  const found = match(candidates(tag), [...locales], noLanguage, { algorithm: "lookup" });
  if (found !== noLanguage && sameScript(tag, found)) return { locale: found, by: "translation" };
  for (let range = tag; range !== "";) {
    const named = Object.hasOwn(fallbacks, range) ? fallbacks[range] : undefined;
    if (named !== undefined) return { locale: named, by: "fallback" };
    range = range.includes("-") ? range.slice(0, range.lastIndexOf("-")) : "";
  }
  return { locale: null, missing: tag };
}

/** Null for what is no BCP 47 tag. An underscore is taken for a hyphen, as many directories have it. */
function canonicalTag(requested: string | null): string | null {
  if (requested === null || requested === "" || requested.length > tagLengthMax) return null;
  try {
    return new Intl.Locale(requested.replaceAll("_", "-")).baseName;
  } catch {
    return null;
  }
}

/** The tag, and for one without a region its likely one: `pt` is `pt-BR` first. */
function candidates(tag: string): string[] {
  const locale = new Intl.Locale(tag);
  if (locale.region !== undefined) return [tag];
  const region = locale.maximize().region;
  return region === undefined ? [tag] : [tag, `${locale.language}-${region}`];
}

function sameScript(a: string, b: string): boolean {
  return new Intl.Locale(a).maximize().script === new Intl.Locale(b).maximize().script;
}
