import { InputError } from "@cordon/model";
import { describe, expect, test } from "vitest";
import { formats, parseDataMap, watchedStores, type LogEvent } from "../src/index.ts";
import { eventsOf, flawsOf, sourceOf } from "./assemble-text.ts";

const time = "2014-05-20T10:00:00Z";
const names = { classes: ["user.name"] };

function read(patch: Record<string, unknown>, record: Record<string, unknown>): LogEvent {
  const [event] = eventsOf(sourceOf("jsonl", patch), JSON.stringify({ ts: time, op: "get", ...record }));
  if (event === undefined) throw new Error("one line is one event");
  return event;
}

describe("Reading", () => {
  test("`fields` is required for every format", () => {
    for (const format of formats) {
      const sources = { log: { format, store: "s" } };
      const map = { version: 1, stores: { s: { classes: ["user"], accounts: 1 } }, sources };
      expect(() => parseDataMap(map)).toThrow(InputError);
      expect(() => parseDataMap(map)).toThrow("key `fields` is missing");
    }
  });
  test("dots descend, a key that has a dot or other sign is quoted; `succeeded` keys too", () => {
    const patch = {
      operations: { get: { account: 'params."user.id"', ...names } },
      succeeded: { '"@res".code': 200 },
    };
    const record = { params: { "user.id": "u-1" }, "@res": { code: 200 } };
    expect(read(patch, record).outcome).toMatchObject({ kind: "access", names: ["u-1"] });
    expect(read(patch, { ...record, "@res.code": 200, "@res": {} }).outcome).toMatchObject({
      kind: "refused",
    });
  });
  test("all must hold, `null` in a list means absent, without `succeeded` every event succeeded", () => {
    const operations = { get: { account: "user", ...names } };
    const kind = (succeeded: unknown, record: Record<string, unknown>): string =>
      read(succeeded === undefined ? { operations } : { operations, succeeded }, { user: "u-1", ...record })
        .outcome.kind;
    expect(kind({ status: [200, 206], error: [null] }, { status: 206 })).toBe("access");
    expect(kind({ status: [200, 206], error: [null] }, { status: 206, error: null })).toBe("access");
    expect(kind({ status: [200, 206], error: [null] }, { status: 206, error: "" })).toBe("refused");
    expect(kind({ status: [200, 206], error: [null] }, { status: 500 })).toBe("refused");
    expect(kind(undefined, { status: 500, error: "x" })).toBe("access");
  });
  test("a value may be a path or `{ path, pattern }` with a named group `account`", () => {
    const account = { path: "url", pattern: "^/users/(?<account>[^/]+)" };
    const patch = { operations: { get: { account, ...names } } };
    expect(read(patch, { url: "/users/u-7/profile" }).outcome).toMatchObject({
      names: ["u-7"],
      opensStore: false,
    });
    expect(read(patch, { url: "/health" }).outcome).toMatchObject({ names: [], opensStore: true });
  });
  test("`people: unknown` touches its classes and leaves its store open", () => {
    expect(read({ operations: { get: { people: "unknown", ...names } } }, {}).outcome).toMatchObject({
      kind: "access",
      opensStore: true,
      operation: { classes: ["user.name"] },
    });
  });
  test("an `effect`: read by default, write, delete", () => {
    for (const effect of [undefined, "read", "write", "delete"]) {
      const operation = { account: "user", ...names, ...(effect === undefined ? {} : { effect }) };
      expect(read({ operations: { get: operation } }, { user: "u-1" }).outcome).toMatchObject({
        effect: effect ?? "read",
      });
    }
  });
  test("a `when` of paths and values; of a list of entries the first that fits counts", () => {
    const patch = {
      operations: {
        get: [
          { when: { table: "a", mode: [null, "x"] }, account: "first", ...names },
          { when: { table: ["a", "b"] }, account: "second", ...names },
          { when: { table: "log" }, ignore: true },
        ],
      },
    };
    const outcome = (record: Record<string, unknown>): unknown =>
      read(patch, { first: "u-1", second: "u-2", ...record }).outcome;
    expect(outcome({ table: "a" })).toMatchObject({ entry: 0, names: ["u-1"] });
    expect(outcome({ table: "a", mode: "y" })).toMatchObject({ entry: 1, names: ["u-2"] });
    expect(outcome({ table: "b" })).toMatchObject({ entry: 1, names: ["u-2"] });
    expect(outcome({ table: "log" })).toEqual({ kind: "ignored" });
    expect(outcome({ table: "c" })).toEqual({ kind: "unclassified" });
  });
  test("an operation that is not in the map is unclassified, names that objects have by birth too", () => {
    for (const op of ["other", "constructor", "__proto__"])
      expect(read({ operations: { get: { ignore: true } } }, { op }).outcome).toEqual({
        kind: "unclassified",
      });
  });
  test.each([
    ["12", "12"],
    ["12.0", "12"],
    ["1.50", "1.5"],
    ["1e3", "1000"],
    ["1e21", "1000000000000000000000"],
    ["-0", "0"],
    ["9007199254740993", "9007199254740993"],
    ["123456789012345678901234567890", "123456789012345678901234567890"],
  ])("a JSON number as id is its shortest decimal text: %s", (number, text) => {
    const source = sourceOf("jsonl", {
      fields: { time: "ts", id: "id", operation: "op" },
      operations: { get: { account: "user", ...names } },
    });
    const [event] = eventsOf(source, `{"ts":"${time}","op":"get","id":${number},"user":${number}}`);
    expect(event?.id).toBe(text);
    expect(event?.outcome).toMatchObject({ names: [text] });
  });
});

describe("Events", () => {
  const fields = { time: "ts", id: "id", actor: "who", operation: "op", sequence: "seq" };
  const record = { ts: time, id: "a", who: "w", op: "get", seq: 1 };
  test.each<[string, Record<string, unknown>, string]>([
    ["its time is missing", { ts: undefined }, "its time is missing"],
    ["its time is malformed", { ts: "now" }, "its time is malformed"],
    ["its operation is missing", { op: null }, "its operation is missing"],
    ["its operation is empty", { op: "" }, "its operation is missing"],
    ["its operation is malformed", { op: ["get"] }, "its operation is malformed"],
    ["its operation is malformed", { op: true }, "its operation is malformed"],
    ["an id that `fields` names is missing", { id: undefined }, "its id is missing"],
    ["an id that `fields` names is malformed", { id: {} }, "its id is malformed"],
    ["a sequence that `fields` names is missing", { seq: null }, "its sequence is missing"],
    ["a sequence that `fields` names is malformed", { seq: 1.5 }, "its sequence is malformed"],
  ])("a line is unreadable when %s", (_, patch, reason) => {
    const line = JSON.stringify({ ...record, ...patch });
    expect(flawsOf(sourceOf("jsonl", { fields }), `${JSON.stringify(record)}\n${line}\n`)).toEqual([
      [1, null],
      [2, reason],
    ]);
  });
  test.each([
    ["jsonl", "{torn", "the line is no JSON"],
    ["jsonl", "[1]", "the line is no JSON object"],
    ["jsonl", "7", "the line is no JSON object"],
    ["cloudtrail", '{"Records":[7]}', "the line is no JSON object"],
    ["ocsf", "{torn", "the line is no JSON"],
  ])("a line is unreadable when it is not of its format: %s %.20s", (format, line, reason) => {
    expect(flawsOf(sourceOf(format), line)).toEqual([[1, reason]]);
  });
  test("no other mapped field has to be there", () => {
    expect(flawsOf(sourceOf("jsonl", { fields }), JSON.stringify({ ...record, who: undefined }))).toEqual([
      [1, null],
    ]);
  });
});

describe("Coverage", () => {
  test("a source watches its default store and the stores its operations name", () => {
    const [source] = parseDataMap({
      version: 1,
      stores: Object.fromEntries(["a", "b", "c"].map((name) => [name, { classes: ["user"], accounts: 1 }])),
      sources: {
        log: {
          format: "csv",
          store: "a",
          fields: { time: "ts", operation: "op" },
          operations: { get: [{ when: { x: 1 }, rows: "n", store: "b", ...names }, { ignore: true }] },
        },
      },
    }).sources;
    expect(source === undefined ? [] : [...watchedStores(source)]).toEqual(["a", "b"]);
  });
  test("`sequence: { per: host, chains: […] }` keeps a chain for each value of that path", () => {
    const patch = {
      fields: { time: "ts", operation: "op", sequence: "seq" },
      coverage: {
        from: "2014-05-01T00:00:00Z",
        to: "2014-05-27T00:00:00Z",
        sequence: { per: "host", chains: ["web-1", "web-2"] },
      },
    };
    expect(read(patch, { host: "web-1", seq: 1 }).chain).toBe("web-1");
    expect(read(patch, { seq: 1 }).chain).toBeNull();
  });
});
