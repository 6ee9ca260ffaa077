import type { DuckDBConnection } from "@duckdb/node-api";

import { rows } from "../directory/engine.ts";

/** Closed, in microseconds since the epoch. */
export interface Span {
  readonly fromUs: number;
  readonly toUs: number;
}

/** Consecutive sequence numbers, all of which are there; when the first and the last of them stand, each at one time or more. */
export interface NumberRun {
  readonly first: bigint;
  readonly last: bigint;
  readonly firstAt: Span;
  readonly lastAt: Span;
}

export interface ChainSummary {
  readonly chain: string | null;
  readonly runs: readonly NumberRun[];
  /** Where a number is carried by events of different ids: from the first to the last of them. */
  readonly repeats: readonly Span[];
}

/** What a set of events says about its source's coverage; summaries of parts can be joined. */
export interface EventSummary {
  /** Stretches in which no two consecutive events are more than a second apart, in order. */
  readonly alive: readonly Span[];
  readonly chains: readonly ChainSummary[];
}

const secondUs = 1_000_000;

/** Summarises the events of a relation, which are one source's, without duplicates. */
export async function summarise(connection: DuckDBConnection, relation: string): Promise<EventSummary> {
  return { alive: await findAlive(connection, relation), chains: await findChains(connection, relation) };
}

export async function findAlive(connection: DuckDBConnection, relation: string): Promise<readonly Span[]> {
  // Within one second no two events are more than a second apart, so its first and last event are enough.
  const seconds = await connection.runAndReadAll(
    `SELECT min(time_us)::DOUBLE, max(time_us)::DOUBLE FROM ${relation} GROUP BY floor(time_us / ${secondUs}.0) ORDER BY 1`,
  );
  return joinAlive(
    seconds.getRows().map(([fromUs, toUs]) => ({ fromUs: Number(fromUs), toUs: Number(toUs) })),
  );
}

/** Spans in order of their beginning become the longest in which no step is longer than a second. */
export function joinAlive(spans: readonly Span[]): readonly Span[] {
  const joined: Span[] = [];
  for (const span of spans) {
    const last = joined.at(-1);
    if (last !== undefined && span.fromUs - last.toUs <= secondUs)
      joined[joined.length - 1] = { fromUs: last.fromUs, toUs: Math.max(last.toUs, span.toUs) };
    else joined.push(span);
  }
  return joined;
}

export async function findChains(
  connection: DuckDBConnection,
  relation: string,
): Promise<readonly ChainSummary[]> {
  const chains = new Map<string | null, { runs: NumberRun[]; repeats: Span[] }>();
  const of = (chain: unknown): { runs: NumberRun[]; repeats: Span[] } => {
    const name = typeof chain === "string" ? chain : null;
    const known = chains.get(name);
    if (known !== undefined) return known;
    const made = { runs: [], repeats: [] };
    chains.set(name, made);
    return made;
  };
  const whole = await rows(
    connection,
    `SELECT chain, min(number) AS first, max(number) AS last, count(number) AS events
     FROM ${relation} WHERE number IS NOT NULL GROUP BY chain`,
  );
  for (const { chain, first, last, events } of whole) {
    const bounds = { first: asBigInt(first), last: asBigInt(last), events: asBigInt(events) };
    const name = typeof chain === "string" ? chain : null;
    const run = await unbrokenRun(connection, { relation, chain: name, ...bounds });
    if (run !== null) of(chain).runs.push(run);
    else await findRuns(connection, { relation, chain: name, into: of(chain) });
  }
  return [...chains].map(([chain, found]) => ({ chain, ...found }));
}

/** More bits than this are not set at once. */
const bitsMax = 50_000_000n;

interface ChainBounds {
  readonly relation: string;
  readonly chain: string | null;
  readonly first: bigint;
  readonly last: bigint;
  readonly events: bigint;
}

/** The one run that a chain is when as many events as numbers carry every number between the first and the last. */
async function unbrokenRun(
  connection: DuckDBConnection,
  { relation, chain, first, last, events }: ChainBounds,
): Promise<NumberRun | null> {
  const span = last - first + 1n;
  if (span !== events || span > bitsMax) return null;
  const [found = {}] = await rows(
    connection,
    `SELECT bit_count(bitstring_agg(number, ${first}, ${last})) AS numbers,
            arg_min(time_us, number)::DOUBLE AS first_us, arg_max(time_us, number)::DOUBLE AS last_us
     FROM ${relation} WHERE number IS NOT NULL AND chain IS NOT DISTINCT FROM $1`,
    [chain],
  );
  if (asBigInt(found["numbers"]) !== span) return null;
  const at = (us: unknown): Span => ({ fromUs: Number(us), toUs: Number(us) });
  return { first, last, firstAt: at(found["first_us"]), lastAt: at(found["last_us"]) };
}

async function findRuns(
  connection: DuckDBConnection,
  {
    relation,
    chain,
    into,
  }: {
    readonly relation: string;
    readonly chain: string | null;
    readonly into: { runs: NumberRun[]; repeats: Span[] };
  },
): Promise<void> {
  const numbers = `SELECT number, min(time_us) AS earliest, max(time_us) AS latest,
      CASE WHEN count(id) = 0 THEN count(*) > 1 ELSE min(id) <> max(id) END AS repeated
    FROM ${relation} WHERE number IS NOT NULL AND chain IS NOT DISTINCT FROM $1 GROUP BY number`;
  const runs = await connection.runAndReadAll(
    `SELECT min(number) AS first, max(number) AS last,
            arg_min(earliest, number)::DOUBLE, arg_min(latest, number)::DOUBLE,
            arg_max(earliest, number)::DOUBLE, arg_max(latest, number)::DOUBLE
     FROM (SELECT *, number::HUGEINT - row_number() OVER (ORDER BY number) AS run FROM (${numbers}))
     GROUP BY run ORDER BY first`,
    [chain],
  );
  for (const [first, last, ...times] of runs.getRows()) {
    const [firstFromUs = 0, firstToUs = 0, lastFromUs = 0, lastToUs = 0] = times.map(Number);
    into.runs.push({
      first: asBigInt(first),
      last: asBigInt(last),
      firstAt: { fromUs: firstFromUs, toUs: firstToUs },
      lastAt: { fromUs: lastFromUs, toUs: lastToUs },
    });
  }
  const repeats = await connection.runAndReadAll(
    `SELECT earliest::DOUBLE, latest::DOUBLE FROM (${numbers}) WHERE repeated ORDER BY ALL`,
    [chain],
  );
  for (const [fromUs, toUs] of repeats.getRows())
    into.repeats.push({ fromUs: Number(fromUs), toUs: Number(toUs) });
}

export function asBigInt(value: unknown): bigint {
  if (typeof value === "bigint") return value;
  if (typeof value === "number") return BigInt(value);
  throw new TypeError(`\`${String(value)}\` is no whole number`);
}

/** Null when two summaries have a number in common: whether one event or two carry it only the events can tell. */
export function joinChains(summaries: readonly (readonly ChainSummary[])[]): readonly ChainSummary[] | null {
  const chains = new Map<string | null, { runs: NumberRun[]; repeats: Span[] }>();
  for (const { chain, runs, repeats } of summaries.flat()) {
    const known = chains.get(chain) ?? { runs: [], repeats: [] };
    chains.set(chain, known);
    for (const run of runs) known.runs.push(run);
    for (const repeat of repeats) known.repeats.push(repeat);
  }
  const joined: ChainSummary[] = [];
  for (const [chain, { runs, repeats }] of chains) {
    runs.sort((a, b) => (a.first < b.first ? -1 : a.first > b.first ? 1 : 0));
    const whole: NumberRun[] = [];
    for (const run of runs) {
      const last = whole.at(-1);
      if (last !== undefined && run.first <= last.last) return null;
      if (last !== undefined && run.first === last.last + 1n)
        whole[whole.length - 1] = { ...last, last: run.last, lastAt: run.lastAt };
      else whole.push(run);
    }
    joined.push({ chain, runs: whole, repeats });
  }
  return joined;
}
