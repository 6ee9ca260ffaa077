import fc from "fast-check";
import { describe, expect, test } from "vitest";

import { closeDocument, detectFormat } from "../src/index.ts";

const cloudtrailRecord = {
  eventName: "GetObject",
  eventSource: "s3.amazonaws.com",
  eventTime: "2014-05-20T00:00:00Z",
};
const ocsfRecord = {
  class_uid: 6003,
  category_uid: 6,
  time: 1_400_544_000_000,
  metadata: { version: "1.8.0" },
};
const csvlog =
  '2014-05-20 00:00:00.123 UTC,"app","shop",123,"10.0.0.5:5432",537ab.7b,1,"SELECT",2014-05-20 00:00:00 UTC,3/1,0,LOG,00000,' +
  '"AUDIT: SESSION,1,1,READ,SELECT,TABLE,public.users,""select 1"",<none>",,,,,,,,,"psql","client backend",,0\n';

describe("the format is told by the text a file begins with", () => {
  test.each([
    ["JSON lines", '{"a":1}\n{"a":2}\n', "jsonl"],
    ["one JSON line without a line end", '{"a":1}', "jsonl"],
    ["JSON lines with a byte order mark", '\uFEFF{"a":1}\n{"a":2}\n', "jsonl"],
    ["JSON lines among which some are broken", '{"a":1}\n{"a":\n{"a":3}\n', "jsonl"],
    ["CloudTrail, a record a line", `${JSON.stringify(cloudtrailRecord)}\n`.repeat(2), "cloudtrail"],
    ["CloudTrail, one document on one line", JSON.stringify({ Records: [cloudtrailRecord] }), "cloudtrail"],
    [
      "CloudTrail, one document over many lines",
      JSON.stringify({ Records: [cloudtrailRecord] }, null, 2),
      "cloudtrail",
    ],
    ["OCSF, a record a line", `${JSON.stringify(ocsfRecord)}\n`, "ocsf"],
    ["OCSF, a list", JSON.stringify([ocsfRecord]), "ocsf"],
    ["OCSF, a document with Events", JSON.stringify({ Events: [ocsfRecord] }, null, 1), "ocsf"],
    ["PostgreSQL's csvlog", csvlog, "pgaudit"],
    [
      "PostgreSQL's stderr",
      "2014-05-20 00:00:00 UTC [1] LOG:  AUDIT: SESSION,1,1,READ,SELECT,,,select 1,<none>\n",
      "pgaudit",
    ],
    ["CSV", "time,op\n2014-05-20T00:00:00Z,get\n", "csv"],
    ["CSV with quoted cells", '"time","op"\n2014-05-20T00:00:00Z,"a, b"\n', "csv"],
  ])("%s", (_name, text, format) => {
    expect(detectFormat(text, true).format).toBe(format);
  });

  test.each([
    ["nothing but white space", " \n\t\n", "white space"],
    [
      "a web server's access log",
      '192.0.2.1 - - [20/May/2014:00:00:00 +0000] "GET / HTTP/1.1" 200 12\n',
      "access log",
    ],
    ["syslog", "<34>1 2014-05-20T00:00:00Z host app - - - hi\n", "syslog"],
    ["logfmt", "time=1 level=info msg=hi\n", "logfmt"],
    ["a table with semicolons", "time;op;id\n1;2;3\n", "semicolons"],
    ["a CSV file without a header", "2014-05-20T00:00:00Z,get\n2014-05-20T00:00:01Z,get\n", "unknown"],
    ["a JSON document that is no list of records", '{\n"a": {"b": 1}\n}\n', "a record a line"],
    ["a JSON list of other records", '[{"a":1},{"a":2}]', "a record a line"],
    ["a JSON list of CloudTrail records", JSON.stringify([cloudtrailRecord]), "a record a line"],
    ["a digest file", JSON.stringify({ awsAccountId: "1", digestS3Object: "x", logFiles: [] }), "digest"],
    ["a PostgreSQL log without audit", "2014-05-20 00:00:00 UTC [1] LOG:  started\n", "without an AUDIT"],
  ])("%s is no format of the map, and what it is is said", (_name, text, why) => {
    const found = detectFormat(text, true);
    expect(found.format).toBeNull();
    expect(found.why).toContain(why);
  });

  test("the last line of a cut text is not judged", () => {
    expect(detectFormat('{"a":1}\n{"a', false).why).toContain("1 of its first 1 lines");
  });
});

describe("a document that a sample cut off", () => {
  const records = fc.array(fc.dictionary(fc.string(), fc.jsonValue()), { maxLength: 8 });

  test("gives its whole records in order, wherever it is cut", () => {
    fc.assert(
      fc.property(records, fc.nat(), fc.boolean(), fc.boolean(), (list, at, isInObject, isPretty) => {
        const whole = JSON.stringify(isInObject ? { Records: list } : list, null, isPretty ? 1 : 0);
        const cut = whole.slice(0, at % (whole.length + 1));
        const closed = closeDocument(cut);
        if (closed === null) return;
        const document: unknown = JSON.parse(closed);
        const found = (isInObject ? (document as { Records: unknown[] }).Records : document) as unknown[];
        expect(found).toEqual(JSON.parse(JSON.stringify(list.slice(0, found.length))));
        if (cut === whole) expect(found.length).toBe(list.length);
      }),
    );
  });

  test("loses at most the record that was cut", () => {
    const whole = JSON.stringify({ Records: [{ a: 1 }, { a: '"}]' }, { a: 3 }] });
    expect(JSON.parse(closeDocument(whole.slice(0, -4)) ?? "")).toEqual({
      Records: [{ a: 1 }, { a: '"}]' }],
    });
  });

  test("without a whole record there is nothing", () => {
    expect(closeDocument('{"Records":[{"a":')).toBeNull();
  });
});
