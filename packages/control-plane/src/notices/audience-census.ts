import type { Directory } from "@cordon/lake";
import { negotiate, readerKey, type Fallbacks } from "@cordon/notices";
import type { FactSheet } from "@cordon/response";
import type { DutyRoll } from "./duty-roll.ts";
import { recipientPages, type Recipients } from "./recipients.ts";

export interface LanguageCount {
  /** The written language, or for `missing` the tag that nothing is written in. */
  readonly locale: string;
  readonly people: number;
}

/** Who a notice is for, counted when it is drafted. */
export interface AudienceCensus {
  /** Languages that people are told in: their own, or (`fallback`) one that an operator named for theirs. */
  readonly languages: readonly (LanguageCount & { readonly by: "translation" | "fallback" | "none-known" })[];
  /** Languages that nothing is written in and no fallback names: the notice can't be approved while there is one. */
  readonly missing: readonly LanguageCount[];
  readonly affected: number;
  /** How many meet a measure, by measure; a person with two is counted in both. */
  readonly mustAct: Readonly<Record<string, number>>;
  /** Who is not affected and meets none, as far as the directory knows. */
  readonly nothingToDo: number;
  readonly withoutAddress: number;
  /** Different sets of duties among them. */
  readonly dutySets: number;
}

/** Tags of the directory that are kept apart; a directory with more has its rest counted as one. */
const tagsMax = 1000;

export async function takeCensus(
  directory: Directory,
  recipients: Recipients,
  roll: DutyRoll,
  sheet: FactSheet,
  fallbacks: Fallbacks,
): Promise<AudienceCensus> {
  const locales = new Map<string | null, number>();
  const mustAct: Record<string, number> = {};
  const sets = new Set<string>();
  const affected = new Set(recipients.affected);
  let nothingToDo = 0;
  let withoutAddress = 0;
  for await (const page of recipientPages(directory, recipients)) {
    for (const { ordinal, locale, email } of page) {
      const tag = locales.has(locale) || locales.size < tagsMax ? locale : null;
      locales.set(tag, (locales.get(tag) ?? 0) + 1);
      if (email === null) withoutAddress++;
      const duties = roll.dutiesOf(ordinal);
      sets.add(readerKey({ duties, asOf: "" }));
      if (duties.length === 0 && !affected.has(ordinal)) nothingToDo++;
      for (const kind of new Set(duties.map((duty) => sheet.measures[duty.measure]?.measure.measure))) {
        if (kind !== undefined) mustAct[kind] = (mustAct[kind] ?? 0) + 1;
      }
    }
  }
  return {
    ...countLanguages(locales, fallbacks),
    affected: affected.size,
    mustAct,
    nothingToDo,
    withoutAddress,
    dutySets: sets.size,
  };
}

function countLanguages(
  locales: ReadonlyMap<string | null, number>,
  fallbacks: Fallbacks,
): Pick<AudienceCensus, "languages" | "missing"> {
  const written = new Map<string, LanguageCount & { by: "translation" | "fallback" | "none-known" }>();
  const missing = new Map<string, LanguageCount>();
  for (const [tag, people] of locales) {
    const found = negotiate(tag, fallbacks);
    if (found.locale === null) {
      missing.set(found.missing, {
        locale: found.missing,
        people: (missing.get(found.missing)?.people ?? 0) + people,
      });
      continue;
    }
    const key = `${found.locale} ${found.by}`;
    const { locale, by } = found;
    written.set(key, { locale, by, people: (written.get(key)?.people ?? 0) + people });
  }
  const most = (a: LanguageCount, b: LanguageCount): number => b.people - a.people;
  return {
    languages: [...written.values()].toSorted(most),
    missing: [...missing.values()].toSorted(most),
  };
}
