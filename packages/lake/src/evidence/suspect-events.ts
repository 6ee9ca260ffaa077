import { eventKinds, type DataMap } from "@cordon/evidence";
import { formatInstant } from "@cordon/model";
import type { ListedAccess, ListedEvent } from "@cordon/scope";

import type { EventQueries, SuspectRow } from "./event-queries.ts";
import type { StoredEvidence } from "./stored-evidence.ts";

/** How many of an event's accounts are shown. */
const accountsShownMax = 100;

/** One of the suspects' events, as `--events` lists it; `file` is relative to the evidence folder. */
export type SuspectEvent = ListedEvent;
export type SuspectAccess = ListedAccess;

/** The suspects' events by time, file and line, at most `eventsMax` of them. */
export async function listSuspectEvents(
  queries: EventQueries,
  {
    map,
    evidence,
    eventsMax,
  }: { readonly map: DataMap; readonly evidence: StoredEvidence; readonly eventsMax: number },
): Promise<readonly SuspectEvent[]> {
  const names = new Map(
    evidence.sources.flatMap(({ files }) => files.map(({ number, name }) => [number, name])),
  );
  const found = await queries.listSuspects(eventsMax, accountsShownMax);
  return found.map((row) => ({
    file: names.get(row.file) ?? "",
    line: row.line,
    source: map.sources[row.source]?.name ?? "",
    time: formatInstant(Math.floor(row.timeUs / 1000)),
    operation: row.operation,
    outcome: outcomeName(row.kind),
    surely: row.surely,
    access: row.kind === eventKinds.access ? accessOf(row, map) : null,
  }));
}

function outcomeName(kind: number): SuspectEvent["outcome"] {
  if (kind === eventKinds.access) return "succeeded";
  if (kind === eventKinds.refused) return "refused";
  return kind === eventKinds.ignored ? "ignored" : "unclassified";
}

function accessOf(row: SuspectRow, map: DataMap): SuspectAccess | null {
  const operation = map.sources[row.source]?.operations.get(row.operation)?.[row.entry ?? -1];
  if (operation?.kind !== "mapped") return null;
  return {
    store: operation.store,
    effect: operation.effect,
    classes: operation.classes,
    accounts: row.accounts,
    accountsNamed: row.accountsNamed,
    rows: row.rows,
    opensStore: row.opensStore,
  };
}
