import fc from "fast-check";
import { expect, test } from "vitest";

import {
  compileNormaliser,
  eventKinds,
  LineReader,
  parseDataMap,
  parseLogJson,
  spanColumns,
  type LogEvent,
  type SpanColumn,
} from "../src/index.ts";

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

/** What rests of an event: in bulk it is a shape and the bytes of the line, row by row the parts of a LogEvent. */
interface Rest {
  readonly timeUs: number;
  readonly operation: string;
  readonly outcome: string | null;
  readonly chain: string | null;
  readonly kind: number;
  readonly entry: number | null;
  readonly opens: boolean;
  readonly untold: string;
  readonly accounts: readonly string[];
  readonly texts: Readonly<Record<Exclude<SpanColumn, "account">, string | null>>;
}

function inBulk(reader: LineReader, line: string): Rest | null {
  // The line stands among others, whose bytes are none of its business.
  const bytes = Buffer.from(`"},${line}\n"}`);
  const shape = reader.read(bytes, 3, bytes.length - 3);
  if (shape === null) return null;
  const texts = Object.fromEntries(
    spanColumns.map((column, index) => {
      const start = reader.starts[index] ?? -1;
      return [column, start === -1 ? null : bytes.toString("utf8", start, reader.ends[index])];
    }),
  ) as Record<SpanColumn, string | null>;
  const { account, ...others } = texts;
  const { operation, outcome, chain, kind, entry, opens } = shape;
  return {
    ...{ timeUs: reader.timeUs, operation, outcome, chain, kind, entry, opens },
    untold: shape.untold ?? reader.untold,
    accounts: reader.accounts ?? (account === null ? [] : [account]),
    texts: others,
  };
}

function rowByRow(event: LogEvent): Rest {
  const { timeUs, operation, chain, outcome, fields, untold } = event;
  const access = outcome.kind === "access" ? outcome : null;
  return {
    ...{ timeUs, operation, chain },
    outcome: fields.get("outcome") ?? null,
    kind: eventKinds[outcome.kind],
    entry: access?.entry ?? null,
    opens: access?.opensStore ?? false,
    untold: untold.join(","),
    accounts: outcome.kind === "access" || outcome.kind === "refused" ? outcome.names : [],
    texts: {
      id: event.id,
      actor: fields.get("actor") ?? null,
      address: fields.get("address") ?? null,
      session: fields.get("session") ?? null,
      number: event.sequence?.toString() ?? null,
      people: access?.rows?.toString() ?? null,
    },
  };
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

test("what is read in bulk is what the row-wise normaliser reads, or is left to it", () => {
  if (source === undefined) throw new Error("the map has no source");
  const normaliser = compileNormaliser(source);
  let bulk = 0;
  let readable = 0;
  fc.assert(
    fc.property(fc.array(text, { minLength: 20, maxLength: 60 }), (records) => {
      const reader = new LineReader(source);
      for (const record of records) {
        const found = inBulk(reader, record);
        let expected: ReturnType<typeof normaliser.normalise> = { unreadable: "no JSON" };
        try {
          expected = normaliser.normalise(parseLogJson(record));
        } catch (error) {
          if (!(error instanceof SyntaxError)) throw error;
        }
        if (!("unreadable" in expected)) readable += 1;
        if (found === null) continue;
        bulk += 1;
        if ("unreadable" in expected) throw new Error(`\`${record}\` was read`);
        expect(found, record).toEqual(rowByRow(expected));
      }
    }),
    { numRuns: 1000, seed: 20140527 },
  );
  expect(bulk).toBeGreaterThan(readable / 5);
});
