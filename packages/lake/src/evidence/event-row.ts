import { createHash } from "node:crypto";

import type { DuckDBValue } from "@duckdb/node-api";
import { blobValue, listValue } from "@duckdb/node-api";
import { eventKinds, type EventColumn, type LogEvent } from "@cordon/evidence";

type EventRow = Readonly<Record<EventColumn, DuckDBValue>>;

/** How much of the SHA-256 over an event's mapped values is kept. */
const mappedBytes = 16;

/** An event as it lies at rest: what the engine makes in bulk, from the row-wise normaliser's reading. */
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
    mapped: event.id === null ? null : blobValue(mappedHash(event.mappedValues)),
  };
}

function mappedHash(mappedValues: string): Uint8Array {
  return createHash("sha256").update(mappedValues).digest().subarray(0, mappedBytes);
}
