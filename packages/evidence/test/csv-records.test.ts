import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { assembleRecords, recordCharsMax } from "../src/index.ts";
import { assembleText, eventsOf, flawsOf, physicalLines, sourceOf } from "./assemble-text.ts";

const csv = sourceOf("csv", {
  fields: { time: "ts", id: "id", operation: "op", outcome: "status", sequence: "seq" },
  succeeded: { status: [200, null] },
  operations: {
    get: { account: "user", classes: ["user.name"] },
    search: { accounts: "users", classes: ["user.name"] },
    export: { rows: "count", classes: ["user.name"] },
    quoted: { account: '"user.id of"', classes: ["user.name"] },
  },
});
const header = "ts,id,op,status,seq,user,users,count,user.id of";
const time = "2014-05-20T10:00:00Z";

function outcomeOf(row: string): object {
  const [event] = eventsOf(csv, `${header}\n${row}\n`);
  return event?.outcome ?? {};
}

describe("CSV: RFC 4180 with a header in every file", () => {
  test("a quoted cell holds commas, doubled quotes and line ends as they stand", () => {
    const text = 'ts,op,a\r\n1,2,"x,\r\n""y""\n"\r\n';
    expect(assembleText(sourceOf("csv"), text)).toEqual([
      { line: 2, record: { ts: "1", op: "2", a: 'x,\r\n"y"\n' } },
    ]);
  });
  test("a byte order mark is no part of the first column's name", () => {
    expect(assembleText(sourceOf("csv"), "\uFEFFts,op\n1,2")).toEqual([
      { line: 2, record: { ts: "1", op: "2" } },
    ]);
    expect(assembleText(sourceOf("csv"), '\uFEFF"ts",op\n1,2')).toEqual([
      { line: 2, record: { ts: "1", op: "2" } },
    ]);
  });
  test("blank lines outside quotes are no records", () => {
    const text = '\r\n\nts,op\n\n1,"a\n\nb"\n \t\n3,4\n\n';
    expect(assembleText(sourceOf("csv"), text)).toEqual([
      { line: 5, record: { ts: "1", op: "a\n\nb" } },
      { line: 9, record: { ts: "3", op: "4" } },
    ]);
  });
  test("column names as they stand: spaces and dots are part of them, also such as objects have by birth", () => {
    const text = " ts,op,a.b,__proto__\n1,2,3,4";
    const fields = { time: '" ts"', operation: "op" };
    const [read] = assembleText(sourceOf("csv", { fields }), text);
    expect(read).toEqual({
      line: 2,
      record: Object.fromEntries([
        [" ts", "1"],
        ["op", "2"],
        ["a.b", "3"],
        ["__proto__", "4"],
      ]),
    });
    expect(outcomeOf(`${time},a,quoted,,1,,,,u-7`)).toMatchObject({ names: ["u-7"] });
  });
  test("an empty cell is absent, quoted or not", () => {
    expect(assembleText(sourceOf("csv"), 'ts,op,a,b\n1,2,,""\n')).toEqual([
      { line: 2, record: { ts: "1", op: "2" } },
    ]);
    expect(outcomeOf(`${time},a,get,,1,u-1,,,`)).toMatchObject({ kind: "access" });
    expect(flawsOf(csv, `${header}\n${time},,get,,1,u-1,,,`)).toEqual([[2, "its id is missing"]]);
  });
});

describe("values compare as text", () => {
  test("so 200 succeeds and 200.0 and 0200 do not", () => {
    expect(outcomeOf(`${time},a,get,200,1,u-1,,,`)).toMatchObject({ kind: "access", names: ["u-1"] });
    for (const status of ["200.0", "0200", '" 200"', "true"])
      expect(outcomeOf(`${time},a,get,${status},1,u-1,,,`)).toMatchObject({ kind: "refused" });
  });
  test("ids are text as they stand, beyond 2^53 too", () => {
    expect(outcomeOf(`${time},a,get,,1,9007199254740993,,,`)).toMatchObject({ names: ["9007199254740993"] });
    expect(outcomeOf(`${time},a,get,,1,007,,,`)).toMatchObject({ names: ["007"] });
  });
  test("a sequence and rows are decimal text", () => {
    expect(eventsOf(csv, `${header}\n${time},a,get,,9007199254740993,u-1,,,`)[0]?.sequence).toBe(
      9_007_199_254_740_993n,
    );
    expect(outcomeOf(`${time},a,export,,1,,,1200,`)).toMatchObject({ rows: 1200, opensStore: false });
    expect(outcomeOf(`${time},a,export,,1,,,0,`)).toMatchObject({ rows: 0, opensStore: false });
    for (const rows of ["1.5", "-1", "1e3", " 7", "many", "9007199254740993"])
      expect(outcomeOf(`${time},a,export,,1,,,${rows},`)).toMatchObject({ rows: null, opensStore: true });
    for (const sequence of ["1.0", "one", "1e3"])
      expect(flawsOf(csv, `${header}\n${time},a,get,,${sequence},u-1,,,`)).toEqual([
        [2, "its sequence is malformed"],
      ]);
  });
});

describe("a list of ids is a JSON array in the cell", () => {
  test.each([
    ['"[""u-1"",""u-2"",""u-1""]"', { names: ["u-1", "u-2"], opensStore: false }],
    ['"[9007199254740993,9007199254740992]"', { names: ["9007199254740993", "9007199254740992"] }],
    ["[]", { names: [], opensStore: false }],
    ['"[""u-1"",null]"', { names: ["u-1"], opensStore: true }],
    ["u-1", { names: [], opensStore: true }],
    ["u-1;u-2", { names: [], opensStore: true }],
    ['"{""ids"":[1]}"', { names: [], opensStore: true }],
    ["", { names: [], opensStore: true }],
  ])("%s", (cell, people) => {
    expect(outcomeOf(`${time},a,search,,1,,${cell},,`)).toMatchObject(people);
  });
  test("only in the formats whose values are text", () => {
    const jsonl = sourceOf("jsonl", {
      operations: { search: { accounts: "users", classes: ["user.name"] } },
    });
    const [event] = eventsOf(jsonl, JSON.stringify({ ts: time, op: "search", users: '["u-1"]' }));
    expect(event?.outcome).toMatchObject({ names: [], opensStore: true });
  });
});

describe("what is not of the format is unreadable", () => {
  test.each([
    ["a record with more cells than the header", "1,2,3", "it has 3 cells, the header 2"],
    ["a record with fewer cells than the header", "1", "it has 1 cells, the header 2"],
    ["a quote inside a cell that is not quoted", '1,a"b', "a quote stands inside a cell that is not quoted"],
    ["a space before a quoted cell", '1, "a"', "a quote stands inside a cell that is not quoted"],
    ["text after a quoted cell", '1,"a"b', "text follows a quoted cell"],
    ["a carriage return alone", "1,a\rb", "a carriage return stands alone"],
    ["a carriage return after a quoted cell", '1,"a"\r,b', "a carriage return stands alone"],
  ])("%s, and the next line is a record again", (_, row, flaw) => {
    expect(assembleText(sourceOf("csv"), `ts,op\n${row}\n3,4\n`)).toEqual([
      { line: 2, unreadable: flaw },
      { line: 3, record: { ts: "3", op: "4" } },
    ]);
  });
  test("a quoted cell that does not end takes the rest of the file", () => {
    expect(assembleText(sourceOf("csv"), 'ts,op\n1,2\n3,"4\n5,6\n')).toEqual([
      { line: 2, record: { ts: "1", op: "2" } },
      { line: 3, unreadable: "a quoted cell does not end" },
    ]);
  });
  test("a record that is too long ends where its quote ends, so that nothing inside it is taken for a record", () => {
    const records = assembleRecords(sourceOf("csv"));
    const filler = "x,y\n".repeat(100).slice(0, -1);
    const cell = physicalLines(`ts,op\n1,"${filler}`);
    for (const line of cell) expect(records.take(line)).toEqual([]);
    const middle = "1,2".padEnd(1024 * 1024, "z");
    for (let line = 1; line * middle.length <= recordCharsMax; line++)
      expect(records.take({ line: cell.length + line, text: middle, ending: "\n" })).toEqual([]);
    const [flaw] = records.take({ line: 300_000, text: 'last"', ending: "\n" });
    expect(flaw?.line).toBe(2);
    expect(flaw !== undefined && "unreadable" in flaw && flaw.unreadable).toBe(
      "the record is longer than 16 Mi characters",
    );
    expect(records.take({ line: 300_001, text: "3,4", ending: "\n" })).toEqual([
      { line: 300_001, record: { ts: "3", op: "4" } },
    ]);
  });
  test("a line that cannot be had ends the record that it is part of", () => {
    const records = assembleRecords(sourceOf("csv"));
    for (const line of physicalLines('ts,op\n1,"2\n')) records.take(line);
    expect(records.miss(3, "the line is no UTF-8")).toEqual([
      { line: 2, unreadable: "the line is no UTF-8" },
    ]);
    expect(records.miss(4, "the line is no UTF-8")).toEqual([
      { line: 4, unreadable: "the line is no UTF-8" },
    ]);
    expect(records.take({ line: 5, text: "3,4", ending: "" })).toEqual([
      { line: 5, record: { ts: "3", op: "4" } },
    ]);
  });
});

describe("a header that tells the columns wrongly makes its records unreadable, itself too", () => {
  test.each([
    ["a column twice", "ts,op,ts", "the file's header names a column twice"],
    ["no column for the time", "time,op,x", "the file's header has no column for time"],
    [
      "a record in place of a header",
      "2014-05-20T10:00:00Z,get,u-1",
      "the file's header has no column for time",
    ],
    [
      "a quote out of place",
      'ts,op,a"b',
      "the file's header cannot be read: a quote stands inside a cell that is not quoted",
    ],
  ])("%s", (_, first, flaw) => {
    expect(assembleText(sourceOf("csv"), `${first}\n1,2,3\n`)).toEqual([
      { line: 1, unreadable: flaw },
      { line: 2, unreadable: flaw },
    ]);
  });
  test("columns without a name cannot be confused", () => {
    expect(assembleText(sourceOf("csv"), "ts,op,,\n1,2,,\n")).toEqual([
      { line: 2, record: { ts: "1", op: "2" } },
    ]);
  });
});

const cell = fc.oneof(
  fc.string({ unit: "grapheme" }),
  fc.string({ unit: fc.constantFrom(",", '"', "\r", "\n", "a", " ", "\t") }),
);

test("whatever a writer of RFC 4180 writes is read back exactly", () => {
  const write = (value: string, quote: boolean): string =>
    quote || /[",\r\n]/.test(value) || value.trim() === "" ? `"${value.replaceAll('"', '""')}"` : value;
  fc.assert(
    fc.property(
      fc.array(fc.tuple(cell, cell, cell), { maxLength: 8 }),
      fc.infiniteStream(fc.boolean()),
      fc.constantFrom("\n", "\r\n"),
      fc.boolean(),
      (rows, quotes, ending, endsOpen) => {
        const lines = [["ts", "op", "a b"], ...rows].map((cells) =>
          cells.map((value) => write(value, quotes.next().value === true)).join(","),
        );
        const text = lines.join(ending) + (endsOpen ? "" : ending);
        const names = ["ts", "op", "a b"];
        const expected = rows.map((cells) =>
          Object.fromEntries(
            cells
              .map((value, at): [string, string] => [names[at] ?? "", value])
              .filter(([, value]) => value !== ""),
          ),
        );
        const read = assembleText(sourceOf("csv"), text);
        expect(read.map((one) => ("record" in one ? one.record : one.unreadable))).toEqual(expected);
        expect(read.every(({ line }, at) => at === 0 || line > (read[at - 1]?.line ?? 0))).toBe(true);
      },
    ),
  );
});

test("any text is cut into records or told to be none, never an error", () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom(",", '"', "\r", "\n", "a", "\uFEFF") }), (text) => {
      for (const { line } of assembleText(csv, text)) expect(line).toBeGreaterThan(0);
    }),
  );
});
