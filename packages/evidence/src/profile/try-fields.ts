import { InputError } from "@cordon/model";

import type { FieldName, Format } from "../data-map.ts";
import { compileNormaliser, type Normaliser } from "../normalise.ts";
import { parseDataMap } from "../parse-data-map.ts";

/**
 * The reading that a map with these fields would have: proposals are tried with the parser and the normaliser that
 * will read the logs, so that they can't mean something else. Null when the map would be refused.
 */
export function tryFields(
  format: Format,
  fields: Readonly<Partial<Record<FieldName, string>>>,
): Normaliser | null {
  try {
    const map = parseDataMap({
      version: 1,
      stores: { tried: { classes: ["user"], accounts: 0 } },
      sources: { tried: { format, store: "tried", fields } },
    });
    const [source] = map.sources;
    return source === undefined ? null : compileNormaliser(source);
  } catch (error) {
    if (error instanceof InputError) return null;
    throw error;
  }
}
