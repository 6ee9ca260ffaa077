import { ar } from "./ar.ts";
import { de } from "./de.ts";
import { en } from "./en.ts";
import { es } from "./es.ts";
import { fr } from "./fr.ts";
import { ja } from "./ja.ts";
import { Language } from "./language.ts";
import type { Catalogue } from "./messages.ts";
import { pl } from "./pl.ts";
import { ptBr } from "./pt-br.ts";

/** English is the source; the others are translations of it. */
export const catalogues: readonly Catalogue[] = [en, de, fr, es, ptBr, ja, ar, pl];

/** BCP 47 tags of the languages that messages are written in. */
export const locales: readonly string[] = catalogues.map(({ locale }) => locale);

const languages = new Map(catalogues.map((catalogue) => [catalogue.locale, new Language(catalogue)]));

/** Throws RangeError for a tag that is not among `locales`. */
export function languageOf(locale: string): Language {
  const language = languages.get(locale);
  if (language === undefined) throw new RangeError(`no messages are written in \`${locale}\``);
  return language;
}
