import { createHash } from "node:crypto";

import type { Condition, People, Source } from "@cordon/evidence";
import { canonicalJson, type Json } from "@cordon/model";

/**
 * SHA-256 of how a map reads a source's lines. What reading does not depend on may change after an import: stores, classes,
 * effects and coverage.
 */
export function readingOf(source: Source): string {
  const conditions = (list: readonly Condition[]): Json =>
    list.map(({ path, values }) => ({ path: path.keys, values: [...values].sort() }));
  const reading = {
    format: source.format,
    fields: Object.fromEntries([...source.fields].map(([name, { keys }]) => [name, keys])),
    succeeded: conditions(source.succeeded),
    operations: Object.fromEntries(
      [...source.operations].map(([name, entries]) => [
        name,
        entries.map((entry) => ({
          when: conditions(entry.when),
          people: entry.kind === "ignored" ? null : peopleOf(entry.people),
        })),
      ]),
    ),
    chain: source.chainPath?.keys ?? null,
  };
  return createHash("sha256").update(canonicalJson(reading)).digest("hex");
}

function peopleOf(people: People): Json {
  return {
    kind: people.kind,
    path: "path" in people ? people.path.keys : null,
    pattern: "pattern" in people && people.pattern !== null ? String(people.pattern) : null,
  };
}
