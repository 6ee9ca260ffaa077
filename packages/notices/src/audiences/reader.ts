import type { NoticeFacts } from "../facts/notice-facts.ts";

/**
 * One thing that a person meets for sure, as the directory has them: a measure of the fact sheet by its place, for `upgrade`
 * and `refuse_client` with the store that their copy of the app is from.
 */
export type Duty = { readonly measure: number; readonly store: string | null };

/**
 * What is known of whom a message is for. Null: nothing, so that everything is said with its condition. INVARIANT: duties are
 * what somebody meets, never what they do not: whoever lacks one is still told of it with its condition, because a directory
 * can be behind.
 */
export type Reader = {
  readonly duties: readonly Duty[];
  /** When the directory said so: RFC 3339. */
  readonly asOf: string;
} | null;

/** Everything that could be somebody's duty under these facts, in the order of the measures. */
export function possibleDuties(facts: NoticeFacts): Duty[] {
  return facts.measures.flatMap((measure, index): Duty[] => {
    switch (measure.measure) {
      case "reauthenticate":
      case "change_password":
      case "redownload":
        return measure.concerns === "everyone" && measure.platforms === null
          ? []
          : [{ measure: index, store: null }];
      case "upgrade":
        return measure.concerns === "certain"
          ? []
          : measure.stores.map(({ store }) => ({ measure: index, store }));
      case "refuse_client":
        return [{ measure: index, store: null }];
    }
  });
}

export function hasDuty(reader: Reader, measure: number): boolean {
  return reader !== null && reader.duties.some((duty) => duty.measure === measure);
}

/** A person's duties as one text: two people with the same text get the same message. */
export function readerKey(reader: Reader): string {
  if (reader === null) return "*";
  return reader.duties
    .map(({ measure, store }) => `${measure}${store === null ? "" : `:${store}`}`)
    .join(",");
}
