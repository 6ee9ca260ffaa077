import type { Source } from "./data-map.ts";
import type { FieldPath } from "./field-path.ts";

/** The paths whose values tell two events of one id apart: every mapped one but the id's. */
export function mappedPaths(source: Source): readonly FieldPath[] {
  const paths = new Map<string, FieldPath>();
  const add = (path: FieldPath): unknown => paths.set(JSON.stringify(path.keys), path);
  for (const [name, path] of source.fields) if (name !== "id") add(path);
  for (const condition of source.succeeded) add(condition.path);
  for (const operation of [...source.operations.values()].flat()) {
    for (const condition of operation.when) add(condition.path);
    if (operation.kind === "mapped" && operation.people.kind !== "unknown") add(operation.people.path);
  }
  if (source.chainPath !== null) add(source.chainPath);
  return [...paths.values()];
}
