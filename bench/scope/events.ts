/**
 * The events of the benchmark: event `i` is arithmetic over `i` on whole numbers of 32 bits, which JavaScript and SQL
 * compute alike. So a stream of log lines and a table made in SQL hold the same events, and neither has to be kept.
 */
export interface EventsShape {
  /** Below 2^28, so that four hashes an event stay inside 32 bits. */
  readonly events: number;
  readonly actors: number;
  readonly accounts: number;
  /** A whole number of 32 bits. */
  readonly seed: number;
}

export const eventsMax = 2 ** 28 - 1;
/** The events stand at equal distances over these days. */
const days = 10;
export const firstUs = Date.UTC(2014, 4, 20) * 1000;
const toUs = firstUs + days * 86_400_000_000;
export const sequenceFrom = 1_000_000_000;
export const accountFrom = 10_000_000;
/** Of 16 events each: what they do. One of 16 is refused. */
export const operations = [
  { name: "read", upTo: 13 },
  { name: "edit", upTo: 15 },
  { name: "drop", upTo: 16 },
] as const;

const multipliers = [0x9e3779b1, 0x85ebca77, 0xc2b2ae3d] as const;
const shifts = [15, 13, 16] as const;

/** Microseconds between two events. */
export function stepUs(events: number): number {
  return Math.floor((days * 86_400_000_000) / events);
}

/** A bijection of 32 bits. */
export function mix(value: number): number {
  let x = Math.imul(value, multipliers[0]);
  x = Math.imul(x ^ (x >>> shifts[0]), multipliers[1]);
  x = Math.imul(x ^ (x >>> shifts[1]), multipliers[2]);
  return (x ^ (x >>> shifts[2])) >>> 0;
}

/** The number of the event's actor: few are busy, most are not (the square of a uniform number). */
export function actorOf(hash: number, actors: number): number {
  const high = hash >>> 16;
  return (((high * high) >>> 16) * actors) >>> 16;
}

/** An actor as the logs name it. */
export function actorName(actor: number): string {
  return `s${String(actor).padStart(4, "0")}`;
}

/** The same events as SQL of DuckDB: columns ts, id, actor, op, status, seq, account. */
export function eventsSql({ events, actors, accounts, seed }: EventsShape): string {
  let relation = `SELECT range AS i, ${each((k) => `((range * 4 + ${k} + ${seed}) & 4294967295)::UBIGINT AS h${k}`)} FROM range(${events})`;
  for (const [step, multiplier] of multipliers.entries()) {
    relation = `SELECT i, ${each((k) => `(h${k} * ${multiplier}::UBIGINT) & 4294967295 AS h${k}`)} FROM (${relation})`;
    relation = `SELECT i, ${each((k) => `xor(h${k}, h${k} >> ${shifts[step] ?? 0}) AS h${k}`)} FROM (${relation})`;
  }
  const cases = operations.map(({ name, upTo }) => `WHEN h1 & 15 < ${upTo} THEN '${name}'`);
  return `SELECT make_timestamp(${firstUs} + i * ${stepUs(events)} // 1000 * 1000) AS ts, lower(printf('%08x', h0)) AS id,
    's' || lpad(((((h1 >> 16) * (h1 >> 16) >> 16) * ${actors}) >> 16)::VARCHAR, 4, '0') AS actor,
    CASE ${cases.join(" ")} END AS op, (CASE WHEN (h1 >> 4) & 15 = 0 OR i = ${events - 1} THEN 403 ELSE 200 END)::INTEGER AS status,
    ${sequenceFrom} + i AS seq, (${accountFrom} + h2 % ${accounts})::VARCHAR AS account FROM (${relation})`;
}

function each(sql: (k: number) => string): string {
  return [0, 1, 2].map(sql).join(", ");
}

/** The data map of the stream, and the questions that are asked. */
export const mapJson = {
  version: 1,
  stores: { profiles: { classes: ["user.name"], accounts: "all" } },
  sources: {
    api: {
      format: "jsonl",
      store: "profiles",
      fields: { time: "ts", id: "id", actor: "actor", operation: "op", outcome: "status", sequence: "seq" },
      succeeded: { status: [200] },
      operations: {
        read: { account: "account", classes: ["user.name"] },
        edit: { account: "account", effect: "write", classes: ["user.name"] },
        drop: { account: "account", effect: "delete", classes: ["user.name"] },
      },
      coverage: { from: instant(firstUs), to: instant(toUs), proof: "sequence" },
    },
  },
};

/** From the first event to the last: what lies behind it no sequence number proves. It is refused, so nobody misses it. */
function windowOf(events: number): { readonly from: string; readonly to: string } {
  const lastMs = Math.floor(((events - 1) * stepUs(events)) / 1000);
  return { from: instant(firstUs), to: instant(firstUs + lastMs * 1000) };
}

export function questionOfActor(actor: string, events: number): unknown {
  return { window: windowOf(events), suspect: [{ actor }] };
}

/** Every event is a suspect's. */
export function questionOfAll(events: number): unknown {
  return { window: windowOf(events), suspect: operations.map(({ name }) => ({ operation: name })) };
}

function instant(us: number): string {
  return new Date(us / 1000).toISOString();
}
