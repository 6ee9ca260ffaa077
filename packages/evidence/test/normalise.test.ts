import { isDeepStrictEqual } from "node:util";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  compileNormaliser,
  parseDataMap,
  parseFieldPath,
  parseLogJson,
  valueAt,
  type LogEvent,
} from "../src/index.ts";

const map = parseDataMap({
  version: 1,
  stores: { profiles: { classes: ["user.name"], accounts: 5 } },
  sources: {
    api: {
      format: "jsonl",
      store: "profiles",
      fields: { time: "ts", id: "id", operation: "op", sequence: "seq" },
      succeeded: { status: [200] },
      operations: { get: { account: "user", classes: ["user.name"] } },
    },
  },
});
const [api] = map.sources;
if (api === undefined) throw new Error("the map has one source");
const normaliser = compileNormaliser(api);
const record = { ts: "2014-05-20T10:00:00.123456Z", id: "a", op: "get", seq: 1, status: 200, user: "u-1" };

function event(patch: object): LogEvent {
  const read = normaliser.normalise(parseLogJson(JSON.stringify({ ...record, ...patch })));
  if ("unreadable" in read) throw new Error(read.unreadable);
  return read;
}

test("times are microseconds, whatever their zone", () => {
  expect(event({}).timeUs).toBe(Date.UTC(2014, 4, 20, 10) * 1000 + 123_456);
  expect(event({ ts: "2014-05-20T12:00:00.1234569+02:00" }).timeUs).toBe(event({}).timeUs);
});

test("a sequence number keeps all its digits", () => {
  const text = JSON.stringify(record).replace('"seq":1', '"seq":9007199254740993');
  const read = normaliser.normalise(parseLogJson(text));
  expect("unreadable" in read ? read : read.sequence).toBe(9_007_199_254_740_993n);
  expect(event({ seq: "9223372036854775807" }).sequence).toBe(9_223_372_036_854_775_807n);
  expect(normaliser.normalise(parseLogJson(text.replace("9007199254740993", "9223372036854775808")))).toEqual(
    {
      unreadable: "its sequence is malformed",
    },
  );
});

describe("the values at all mapped paths agree", () => {
  test("whatever the order of keys and whatever stands beside them", () => {
    const reordered = { user: "u-1", status: 200, extra: [1], seq: 1, op: "get", id: "a", ts: record.ts };
    expect(event(reordered)).toEqual(event({}));
  });
  test.each([
    ["another account", { user: "u-2" }],
    ["another status", { status: 206 }],
    ["an absent account", { user: undefined }],
    ["null in place of an absent value", { user: null }],
    ["text in place of a number", { status: "200" }],
  ])("not with %s", (_, patch) => {
    expect(event(patch)).not.toEqual(event({}));
  });
  test("exactly when nothing of the event differs", () => {
    const value = fc.oneof(
      fc.constantFrom<unknown>(
        undefined,
        null,
        "",
        "u-1",
        "u-2",
        "1",
        1,
        1.5,
        true,
        "true",
        200,
        "200",
        206,
        "a,s",
        's"',
      ),
      fc.array(fc.constantFrom("u-1", "u-2", "", 1), { maxLength: 3 }),
      fc.record({ a: fc.nat(1) }),
    );
    const patch = fc.record({
      ts: fc.constantFrom(
        "2014-05-20T10:00:00Z",
        "2014-05-20T10:00:00.0Z",
        "2014-05-20T10:00:00.00Z",
        "2014-05-20T12:00:00+02:00",
      ),
      op: fc.constantFrom("get", "list", "dump", "other", "ping", "path"),
      ...{ status: value, user: value, users: value, count: value, url: value },
    });
    const wide = parseDataMap({
      version: 1,
      stores: { profiles: { classes: ["user.name"], accounts: 5 } },
      sources: {
        api: {
          format: "jsonl",
          store: "profiles",
          fields: { time: "ts", operation: "op", actor: "count" },
          succeeded: { status: [200, null] },
          operations: {
            get: { account: "user", classes: ["user.name"] },
            list: { accounts: "users", classes: ["user.name"] },
            dump: { rows: "count", classes: ["user.name"] },
            ping: { ignore: true },
            path: { account: { path: "url", pattern: "^(?<account>u)" }, classes: ["user.name"] },
          },
        },
      },
    }).sources[0];
    if (wide === undefined) throw new Error("the map has one source");
    const wideNormaliser = compileNormaliser(wide);
    fc.assert(
      fc.property(patch, patch, fc.boolean(), (one, other, alike) => {
        const [a, b] = [one, alike ? { ...other, ...one } : other].map((made) =>
          parseLogJson(JSON.stringify(made)),
        );
        const [first, second] = [a, b].map((made) => wideNormaliser.normalise(made ?? null));
        expect(isDeepStrictEqual(first, second)).toBe(isDeepStrictEqual(a, b));
      }),
      { numRuns: 3000 },
    );
  });
  test("null and absent differ, so that nothing is dropped as a repeat", () => {
    expect(event({ user: null })).not.toEqual(event({ user: undefined }));
  });
});

test("any key can be reached by a quoted path", () => {
  fc.assert(
    fc.property(
      fc.array(fc.string({ minLength: 1, unit: "binary" }), { minLength: 1, maxLength: 4 }),
      (keys) => {
        let value: object | string = "found";
        for (const key of keys.toReversed()) value = Object.fromEntries([[key, value]]);
        const path = parseFieldPath(keys.map((key) => JSON.stringify(key)).join("."), []);
        expect(path.keys).toEqual(keys);
        expect(valueAt(parseLogJson(JSON.stringify(value)), path)).toBe("found");
      },
    ),
  );
});

test("any JSON value is read or refused, never an error", () => {
  fc.assert(
    fc.property(fc.json(), fc.jsonValue(), (text, value) => {
      normaliser.normalise(parseLogJson(text));
      const read = normaliser.normalise(parseLogJson(JSON.stringify({ ...record, user: value })));
      expect("unreadable" in read).toBe(false);
    }),
  );
});
