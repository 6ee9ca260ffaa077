import type { DuckDBValue } from "@duckdb/node-api";
import { blobValue, listValue } from "@duckdb/node-api";
import { eventKinds, type EventColumn, type LogEvent } from "@cordon/evidence";

import { mappedOf } from "./event-block.ts";

type EventRow = Readonly<Record<EventColumn, DuckDBValue>>;

/** An event as it lies at rest. */
export function eventRow(event: LogEvent): EventRow {
  const { outcome, fields } = event;
  const access = outcome.kind === "access" ? outcome : null;
  const names = outcome.kind === "access" || outcome.kind === "refused" ? outcome.names : [];
  const [account = null, ...more] = names;
  return {
    time_us: BigInt(event.timeUs),
    id: event.id,
    actor: fields.get("actor") ?? null,
    address: fields.get("address") ?? null,
    session: fields.get("session") ?? null,
    operation: event.operation,
    outcome: fields.get("outcome") ?? null,
    number: event.sequence,
    chain: event.chain,
    kind: eventKinds[outcome.kind],
    entry: access?.entry ?? null,
    account,
    more: more.length === 0 ? null : listValue(more),
    people: access === null || access.rows === null ? null : BigInt(access.rows),
    opens: access?.opensStore ?? false,
    mapped: event.id === null ? null : blobValue(Buffer.from(mappedOf(event.untold.join(",")), "hex")),
  };
}
