import { DuckDBInstance, type DuckDBConnection } from "@duckdb/node-api";
import {
  compileEngineReading,
  compileNormaliser,
  eventColumns,
  parseDataMap,
  parseLogJson,
  type Source,
} from "@cordon/evidence";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";

import { eventRow } from "../../src/evidence/event-row.ts";

let instance: DuckDBInstance;
let connection: DuckDBConnection;

beforeAll(async () => {
  instance = await DuckDBInstance.create(":memory:", { threads: "1" });
  connection = await instance.connect();
});
afterAll(() => {
  connection.closeSync();
  instance.closeSync();
});

const source = parseDataMap({
  version: 1,
  stores: {
    profiles: { classes: ["user.name"], accounts: "all" },
    cards: { classes: ["user.payment"], accounts: 5 },
  },
  sources: {
    api: {
      format: "jsonl",
      store: "profiles",
      fields: {
        time: "ts",
        id: "id",
        actor: "who.name",
        address: '"@ip"',
        session: "sid",
        operation: "op",
        outcome: "status",
        sequence: "seq",
      },
      succeeded: { status: [200, "ok", null] },
      operations: {
        get: { account: "user", classes: ["user.name"] },
        list: { accounts: "users", classes: ["user.name"] },
        dump: { rows: "count", classes: ["user.name"], effect: "write" },
        all: { people: "unknown", classes: ["user.payment"], store: "cards" },
        ping: { ignore: true },
        path: {
          account: { path: "url", pattern: "/users/(?<account>[a-z0-9-]+)(?:/|$)" },
          classes: ["user.name"],
        },
        "7": [
          { account: "user", classes: ["user.name"], when: { mode: [true, 1, null] } },
          { ignore: true, when: { mode: "x" } },
          { rows: "count", classes: ["user.name"] },
        ],
      },
      coverage: {
        from: "2014-05-01T00:00:00Z",
        to: "2014-06-01T00:00:00Z",
        sequence: { per: "host", chains: ["a"] },
      },
    },
  },
}).sources[0];

interface Read {
  readonly byEngine: boolean;
  readonly row: Record<string, unknown>;
}

async function readByEngine(of: Source, records: readonly string[]): Promise<(Read | null)[]> {
  const reading = compileEngineReading(of);
  if (reading === null) throw new Error("the source is not compiled");
  const prepared = await connection.prepare(
    `${reading.select("SELECT unnest($1::VARCHAR[]) AS record, unnest(range(len($1::VARCHAR[]))) AS line")} ORDER BY line`,
  );
  const { listValue } = await import("@duckdb/node-api");
  prepared.bindList(1, listValue([...records]));
  const rows = (await prepared.runAndReadAll()).getRowObjects();
  return rows.map((row) => (row["unread"] === null ? { byEngine: true, row } : null));
}

function plain(value: unknown): unknown {
  return JSON.parse(
    JSON.stringify(value ?? null, (_, inner: unknown) => (typeof inner === "bigint" ? `${inner}n` : inner)),
  );
}

const odd = fc.oneof(
  fc.constantFrom(
    null,
    "",
    "200",
    "ok",
    "x",
    "u-1",
    "u-2",
    "10.0.0.1",
    "NaN,]",
    " }",
    "a\\b",
    'q"',
    "\n",
    "é",
    "2014-05-20T00:00:00Z",
  ),
  fc.constantFrom(0, -0, 1, 200, 1.5, 1e21, -7, 2 ** 53, true, false),
  fc.constantFrom("/users/u-1", "/users/u-1/x", "/users/", "/USERS/u", "/users/é"),
  fc.string({ maxLength: 6 }),
  fc.double(),
);
const value = fc.oneof(
  { weight: 6, arbitrary: odd },
  { weight: 2, arbitrary: fc.array(odd, { maxLength: 3 }) },
  { weight: 1, arbitrary: fc.dictionary(fc.constantFrom("name", "x"), odd) },
);
const time = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.constantFrom(
      "2014-05-20T00:00:00Z",
      "2014-05-20T23:59:59.123Z",
      "1969-12-31T23:59:59.999999Z",
    ),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      "2014-02-30T00:00:00Z",
      "2014-05-20T24:00:00Z",
      "2014-05-20T00:00:60Z",
      "2014-05-20T00:00:00.1234567Z",
      "2014-05-20T00:00:00+02:00",
      "2014-05-20",
      "0000-01-01T00:00:00Z",
      5,
      null,
    ),
  },
);
function recordOf(value: fc.Arbitrary<unknown>): fc.Arbitrary<Record<string, unknown>> {
  return fc.record(
    {
      ts: time,
      id: fc.oneof({ weight: 4, arbitrary: fc.constantFrom("r-1", "r-2", 5, "12345678901234567890") }, value),
      who: fc.oneof(fc.record({ name: value }), value),
      "@ip": value,
      sid: value,
      op: fc.oneof(
        {
          weight: 8,
          arbitrary: fc.constantFrom("get", "list", "dump", "all", "ping", "path", "7", 7, "other"),
        },
        value,
      ),
      status: value,
      seq: fc.oneof({ weight: 6, arbitrary: fc.constantFrom(1, 2, "3", "007", "-4", 1e3) }, value),
      user: value,
      users: fc.oneof(fc.array(fc.oneof(fc.constantFrom("u-1", "u-2", 3), value), { maxLength: 4 }), value),
      count: fc.oneof(fc.nat(9), value),
      url: value,
      mode: value,
      host: value,
      other: fc.oneof(value, fc.constantFrom("fine", "Infinity", ",  ]")),
    },
    { requiredKeys: ["ts", "op", "id", "seq"] },
  );
}
const tame = fc.constantFrom("u-1", "u-2", "200", "ok", 200, 1, null, true, "/users/u-1/x");
const record = fc.oneof({ weight: 3, arbitrary: recordOf(tame) }, { weight: 2, arbitrary: recordOf(value) });

const text = fc.oneof(
  { weight: 12, arbitrary: record.map((made) => JSON.stringify(made)) },
  { weight: 2, arbitrary: record.map((made) => JSON.stringify(made, null, " ").replaceAll("\n", " ")) },
  { weight: 1, arbitrary: record.map((made) => JSON.stringify(made).replace(/\}$/, ",}")) },
  { weight: 1, arbitrary: record.map((made) => JSON.stringify(made).replace(/\}$/, ', "z": [1, ] }')) },
  { weight: 1, arbitrary: record.map((made) => JSON.stringify(made).replace(/\}$/, ',"z":-nAn}')) },
  {
    weight: 1,
    arbitrary: fc
      .tuple(record, value)
      .map(([made, twice]) => `{"user":${JSON.stringify(twice)},${JSON.stringify(made).slice(1)}`),
  },
  { weight: 1, arbitrary: record.map((made) => JSON.stringify(made).replaceAll('"u-1"', '"\\u0075-1"')) },
  { weight: 1, arbitrary: fc.constantFrom("", "[]", "5", "{", "null", "{}", '"x"', "[{}]", "{} {}") },
);

test("what the engine reads in bulk is what the row-wise normaliser reads, or is left to it", async () => {
  if (source === undefined) throw new Error("the map has no source");
  const normaliser = compileNormaliser(source);
  let byEngine = 0;
  let readable = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(text, { minLength: 20, maxLength: 60 }), async (records) => {
      const read = await readByEngine(source, records);
      for (const [index, found] of read.entries()) {
        const one = records[index] ?? "";
        let expected: ReturnType<typeof normaliser.normalise> = { unreadable: "no JSON" };
        try {
          expected = normaliser.normalise(parseLogJson(one));
        } catch (error) {
          if (!(error instanceof SyntaxError)) throw error;
        }
        if (!("unreadable" in expected)) readable += 1;
        if (found === null) continue;
        byEngine += 1;
        if ("unreadable" in expected) throw new Error(`the engine read \`${one}\``);
        const row = Object.fromEntries(eventColumns.map((name) => [name, found.row[name]]));
        expect(plain(row), one).toEqual(plain(eventRow(expected)));
      }
    }),
    { numRuns: 150, seed: 20140527 },
  );
  expect(byEngine).toBeGreaterThan(readable / 5);
}, 60_000);
