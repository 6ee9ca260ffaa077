import { encodeEntry, signCheckpoint, type NoteSigner } from "@cordon/transparency";
import type pg from "pg";
import { JournalError } from "../errors.ts";
import type { Appended, RecordedEvent } from "../event.ts";
import type { Head } from "./head.ts";
import { growLog, type GrownLog, type LogState } from "./log-state.ts";
import { begunType, erasedType, type Operation, type PreparedEvent } from "./operation.ts";

/** What became of one operation: recorded, or refused while the others went on. */
export type Outcome = { readonly appended: Appended } | { readonly refused: JournalError };

export interface RecordedBatch {
  readonly outcomes: readonly Outcome[];
  readonly events: readonly RecordedEvent[];
  readonly grown: GrownLog;
  /** Of the first event: random, so that it tells this batch from any other. Empty when there is none. */
  readonly firstCommitment: Uint8Array;
  /** null when every operation was refused and nothing was written. */
  readonly checkpoint: Uint8Array | null;
}

interface PlannedRow extends PreparedEvent {
  readonly seq: number;
  readonly stream: string;
  readonly version: number;
}

/**
 * Writes the operations of a batch in the open transaction: each on its own terms, under one new checkpoint, which is
 * signed here and committed with them. The caller is the log's writer and commits.
 */
export async function recordBatch(given: {
  readonly client: pg.ClientBase;
  readonly signer: NoteSigner;
  readonly head: Head;
  readonly state: LogState;
  readonly operations: readonly Operation[];
  readonly nowMs: number;
}): Promise<RecordedBatch> {
  const { client, signer, head, state, operations, nowMs } = given;
  // `at` never goes back, whatever the clock does.
  const atMs = Math.max(nowMs, head.atMs);
  const versions = await streamVersions(client, operations);
  const rows: PlannedRow[] = [];
  const outcomes: Outcome[] = [];
  for (const operation of operations) {
    const version = versions.get(operation.stream) ?? 0;
    const refused = await refusal(client, operation, version);
    if (refused !== null) {
      outcomes.push({ refused });
      continue;
    }
    const planned = operation.events.map((event, i) => ({
      ...event,
      seq: head.size + rows.length + i,
      stream: operation.stream,
      version: version + i,
    }));
    rows.push(...planned);
    versions.set(operation.stream, version + planned.length);
    if (operation.erases !== null) await erase(client, operation.erases, planned[0]?.seq ?? head.size);
    const events = planned.map((row) => recorded(row, atMs));
    outcomes.push({
      appended: {
        firstSeq: events[0]?.seq ?? head.size,
        lastSeq: events.at(-1)?.seq ?? head.size,
        version: version + planned.length,
        treeSize: 0,
        events,
      },
    });
  }
  const entries = rows.map((row) =>
    encodeEntry({ seq: row.seq, atMs, type: row.type, stream: row.stream, commitment: row.commitment }),
  );
  const grown = growLog(state, entries);
  const treeSize = grown.state.tree.size;
  const firstCommitment = rows[0]?.commitment ?? new Uint8Array();
  if (rows.length === 0) return { outcomes, events: [], grown, firstCommitment, checkpoint: null };
  const checkpoint = signCheckpoint({ size: treeSize, root: grown.state.tree.root() }, signer);
  await insertRows(client, rows, atMs);
  await client.query("update journal.head set size = $1, checkpoint = $2, at_ms = $3", [
    treeSize,
    checkpoint,
    atMs,
  ]);
  return {
    outcomes: outcomes.map((outcome) =>
      "appended" in outcome ? { appended: { ...outcome.appended, treeSize } } : outcome,
    ),
    events: rows.map((row) => recorded(row, atMs)),
    grown,
    firstCommitment,
    checkpoint,
  };
}

function recorded(row: PlannedRow, atMs: number): RecordedEvent {
  const { seq, type, stream, version, data } = row;
  return { seq, atMs, type, stream, version, data, erasedBy: null };
}

async function streamVersions(
  client: pg.ClientBase,
  operations: readonly Operation[],
): Promise<Map<string, number>> {
  const streams = [...new Set(operations.map(({ stream }) => stream))];
  const { rows } = await client.query<{ stream: string; version: string | null }>(
    `select s.stream, (select e.version + 1 from journal.event e where e.stream = s.stream
                       order by e.version desc limit 1) as version
     from unnest($1::text[]) as s (stream)`,
    [streams],
  );
  return new Map(rows.map(({ stream, version }) => [stream, Number(version ?? 0)]));
}

async function refusal(
  client: pg.ClientBase,
  operation: Operation,
  version: number,
): Promise<JournalError | null> {
  const { stream, expected, erases } = operation;
  if (expected !== "any" && expected !== version) {
    return new JournalError(
      "ERR_JOURNAL_CONFLICT",
      `stream \`${stream}\` holds ${version} events, expected ${expected}`,
      { hint: "somebody else was quicker: read the stream again" },
    );
  }
  if (erases === null) return null;
  const { rows } = await client.query<{ type: string; erased_by: string | null }>(
    "select type, erased_by from journal.event where seq = $1",
    [erases],
  );
  const row = rows[0];
  if (row === undefined)
    return new JournalError("ERR_JOURNAL_ABSENT", `the journal holds no entry ${erases}`);
  if (row.erased_by !== null) {
    return new JournalError(
      "ERR_JOURNAL_NOT_ERASABLE",
      `event ${erases} is erased already, by entry ${row.erased_by}`,
    );
  }
  if (row.type === erasedType || row.type === begunType) {
    return new JournalError(
      "ERR_JOURNAL_NOT_ERASABLE",
      `event ${erases} is \`${row.type}\`, which the journal's proof rests on`,
    );
  }
  return null;
}

async function erase(client: pg.ClientBase, seq: number, erasedBy: number): Promise<void> {
  await client.query("update journal.event set salt = null, event = null, erased_by = $2 where seq = $1", [
    seq,
    erasedBy,
  ]);
}

async function insertRows(client: pg.ClientBase, rows: readonly PlannedRow[], atMs: number): Promise<void> {
  await client.query(
    `insert into journal.event (seq, at_ms, type, stream, version, commitment, salt, event)
     select seq, $8::bigint, type, stream, version, commitment, salt, event
     from unnest($1::bigint[], $2::text[], $3::text[], $4::bigint[], $5::bytea[], $6::bytea[], $7::text[])
       as t (seq, type, stream, version, commitment, salt, event)`,
    [
      rows.map(({ seq }) => seq),
      rows.map(({ type }) => type),
      rows.map(({ stream }) => stream),
      rows.map(({ version }) => version),
      rows.map(({ commitment }) => Buffer.from(commitment)),
      rows.map(({ salt }) => Buffer.from(salt)),
      rows.map(({ text }) => text),
      atMs,
    ],
  );
}
