import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { assembleRecords, parseLogJson } from "../src/index.ts";
import { assembleText, physicalLines, sourceOf } from "./assemble-text.ts";

const ocsf = sourceOf("ocsf");
const cloudtrail = sourceOf("cloudtrail");

function recordsOf(source: typeof ocsf, text: string): unknown[] {
  return assembleText(source, text).map((read) => ("record" in read ? read.record : read.unreadable));
}

describe("the shapes of a file", () => {
  const records = [{ a: 1 }, { b: { c: ["]", "}"] } }, { d: null }];
  test.each<[string, string]>([
    ["a record a line", records.map((record) => JSON.stringify(record)).join("\n")],
    ["a document on one line", JSON.stringify({ Records: records })],
    ["documents, one a line", records.map((record) => JSON.stringify({ Records: [record] })).join("\r\n")],
    ["a document over many lines", JSON.stringify({ owner: "x", Records: records, z: [{ y: 1 }] }, null, 2)],
    [
      "documents over many lines",
      records.map((one) => JSON.stringify({ Records: [one] }, null, 1)).join("\n"),
    ],
    ["a list on one line", JSON.stringify(records)],
    ["a list over many lines", JSON.stringify(records, null, 1)],
    ["a list with a record a line", `[\n${records.map((one) => JSON.stringify(one)).join(",\n")}\n]\n`],
    ["a list with commas first", `[${records.map((one) => JSON.stringify(one)).join("\n, ")}\n]\n`],
    ["records over many lines", records.map((record) => JSON.stringify(record, null, 2)).join("\n\n")],
    [
      "one kind after the other",
      `${JSON.stringify(records[0])}\n${JSON.stringify([records[1]], null, 1)}\n\n${JSON.stringify({ Records: [records[2]] })}`,
    ],
  ])("%s", (_, text) => {
    expect(recordsOf(ocsf, text)).toEqual(records);
    expect(recordsOf(cloudtrail, text)).toEqual(records);
    expect(recordsOf(ocsf, `\uFEFF${text}`)).toEqual(records);
  });
  test("OCSF documents may list `Events`", () => {
    expect(recordsOf(ocsf, JSON.stringify({ Events: records }, null, 1))).toEqual(records);
    expect(recordsOf(ocsf, JSON.stringify({ Events: records }))).toEqual(records);
  });
  test("a record that is no object, and a list that is none, is handed on as it stands", () => {
    expect(recordsOf(cloudtrail, '{"Records":7}\n"x"\n{"Records":[[1],2]}')).toEqual([
      { Records: 7 },
      "x",
      [1],
      2,
    ]);
  });
  test("each record knows the line on which it begins", () => {
    const text = '\n{"Records":[\n{"a":\n1},{"b":2},\n\n{"c":3}]}\n{"d":4}\n{\n"e":5}\n';
    expect(assembleText(cloudtrail, text)).toEqual([
      { line: 3, record: { a: 1 } },
      { line: 4, record: { b: 2 } },
      { line: 6, record: { c: 3 } },
      { line: 7, record: { d: 4 } },
      { line: 8, record: { e: 5 } },
    ]);
  });
  test("integers beyond 2^53 keep their digits, in documents over many lines too", () => {
    expect(recordsOf(ocsf, '[\n{"a":9007199254740993}\n]')).toEqual([{ a: 9_007_199_254_740_993n }]);
  });
});

describe("CloudTrail beside events", () => {
  test("a digest is no record", () => {
    const digest = {
      awsAccountId: "1",
      digestStartTime: "2014-05-20T10:00:00Z",
      logFiles: [{ s3Object: "x" }],
    };
    expect(recordsOf(cloudtrail, JSON.stringify(digest))).toEqual([]);
    expect(recordsOf(cloudtrail, JSON.stringify(digest, null, 2))).toEqual([]);
  });
  test("an insight names no event and is none; an event that mentions insights is one", () => {
    const insight = {
      eventTime: "x",
      eventType: "AwsCloudTrailInsight",
      insightDetails: { eventName: "Get" },
    };
    const event = { eventName: "GetInsights", insightDetails: {} };
    expect(recordsOf(cloudtrail, JSON.stringify({ Records: [insight, event] }))).toEqual([event]);
    expect(recordsOf(ocsf, JSON.stringify(insight))).toEqual([insight]);
  });
});

describe("torn files", () => {
  test("a torn first line hides none of the lines after it", () => {
    for (const torn of ['{"a":1', '{"a":', '{"a":"x', "[", '{"Records":', '{"a":{"b":[1,', "{}}", "[1]]"]) {
      expect(recordsOf(ocsf, `${torn}\n{"b":2}\n{"c":3}`), torn).toContainEqual({ c: 3 });
      expect(recordsOf(ocsf, `${torn}\n{"b":2}\n{"c":3}`), torn).toContainEqual({ b: 2 });
    }
    expect(recordsOf(ocsf, '{"a":1\n{"b":2}\n{"c":3}')).toEqual(["the line is no JSON", { b: 2 }, { c: 3 }]);
  });
  test("a document that is cut gives the records before the cut, and says so", () => {
    const whole = JSON.stringify({ Records: [{ a: 1 }, { b: 2 }] }, null, 1);
    for (let length = whole.indexOf("}") + 2; length < whole.length; length++) {
      const read = recordsOf(cloudtrail, whole.slice(0, length));
      expect(read[0]).toEqual({ a: 1 });
      expect(typeof read.at(-1)).toBe("string");
    }
  });
  test("a document that another follows before it ends is told of", () => {
    expect(recordsOf(cloudtrail, '{"Records":[\n{"a":1},\n{"b":1\n{"c":1}\n{"d":1}')).toEqual([
      { a: 1 },
      { c: 1 },
      "the document before this line ends in the middle",
      { d: 1 },
    ]);
  });
  test("a line that cannot be had ends the document", () => {
    const records = assembleRecords(cloudtrail);
    for (const line of physicalLines('{"Records":[\n{"a":1},\n')) records.take(line);
    expect(records.miss(3, "the line is no UTF-8")).toEqual([
      { line: 2, unreadable: "the document ends in the middle" },
      { line: 3, unreadable: "the line is no UTF-8" },
    ]);
    expect(records.take({ line: 4, text: '{"b":1}', ending: "\n" })).toEqual([{ line: 4, record: { b: 1 } }]);
  });
  test("text that seems a document for long is unreadable line by line", () => {
    expect(new Set(recordsOf(ocsf, "[\n".repeat(500)))).toEqual(new Set(["the line is no JSON"]));
    expect(recordsOf(ocsf, "[\n".repeat(500)).length).toBe(500);
    expect(recordsOf(ocsf, '{"a":\n'.repeat(300)).length).toBe(300);
  });
});

test("whatever the spaces and line ends between its tokens, a document has the same records", () => {
  const value = fc.jsonValue({ maxDepth: 3 }).map((json) => ({ v: json }));
  fc.assert(
    fc.property(
      fc.array(value, { maxLength: 5 }),
      fc.constantFrom("Records", null),
      fc.infiniteStream(fc.constantFrom("", " ", "\n", "\r\n", "\t\n  ")),
      (records, key, spaces) => {
        const whole = JSON.stringify(
          key === null ? records : { x: [1, { Records: [7] }], [key]: records, y: {} },
        );
        const tokens = whole.match(/"(?:[^"\\]|\\.)*"|[{}[\],:]|[^"{}[\],:]+/g) ?? [];
        const text = tokens.map((token) => `${token}${spaces.next().value ?? ""}`).join("");
        expect(recordsOf(ocsf, text)).toEqual(records.map((record) => parseLogJson(JSON.stringify(record))));
      },
    ),
  );
});

test("any text is cut into records or told to be none, never an error", () => {
  const piece = fc.constantFrom(
    '{"Records":[',
    "{",
    "}",
    "[",
    "]",
    ",",
    '"a":',
    '"',
    "1",
    "\n",
    "\n",
    '{"a":1}',
    "\\",
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 40 }), (pieces) => {
      for (const { line } of assembleText(ocsf, pieces.join(""))) expect(line).toBeGreaterThan(0);
    }),
  );
});

test("a document with one sign too few or too many outside its texts is never read without a word", () => {
  const whole = JSON.stringify({ owner: { id: 1 }, Records: [{ a: [1, 2] }, { b: "x, {y}:" }, {}] }, null, 1);
  const signs = [...whole.matchAll(/"[^"]*"|[{}[\],:]/g)].filter(([sign]) => !sign.startsWith('"'));
  for (const { 0: sign, index } of signs) {
    for (const instead of ["", `${sign}${sign}`, `${sign}\n${sign}`]) {
      const text = `${whole.slice(0, index)}${instead}${whole.slice(index + 1)}`;
      const flaws = recordsOf(cloudtrail, text).filter((read) => typeof read === "string");
      expect(flaws.length, text).toBeGreaterThan(0);
    }
  }
});
