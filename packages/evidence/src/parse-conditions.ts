import type { Condition } from "./data-map.ts";
import type { DocumentReader } from "./document-reader.ts";
import { parseFieldPath } from "./field-path.ts";

/** A mapping of paths to a value or a list of values, where null stands for absent. */
export function parseConditions(conditions: DocumentReader): Condition[] {
  const entries = conditions.entries();
  if (entries.length === 0)
    throw conditions.wrong("an empty mapping tells nothing", "a mapping of paths to values");
  return entries.map(([path, values]) => ({
    path: parseFieldPath(path, values.path),
    values: new Set(values.oneOrMore("values").map((value) => (value.value === null ? null : value.text()))),
  }));
}
