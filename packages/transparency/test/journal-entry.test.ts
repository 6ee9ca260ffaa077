import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  encodeEntry,
  eventText,
  isEntryName,
  parseEntry,
  parseEventText,
  TransparencyError,
} from "../src/index.ts";

const entry = {
  seq: 3,
  atMs: 1_401_192_000_123,
  type: "claim-made",
  stream: "incident/1",
  commitment: Buffer.alloc(32, 5),
};
const text = Buffer.from(encodeEntry(entry)).toString("utf8");

describe("entries", () => {
  it('canonical JSON (RFC 8785), exactly {"seq","at","type","stream","commitment"}', () => {
    expect(text).toBe(
      `{"at":"2014-05-27T12:00:00.123Z","commitment":"${entry.commitment.toString("base64")}","seq":3,"stream":"incident/1","type":"claim-made"}`,
    );
    expect(parseEntry(Buffer.from(text))).toEqual(entry);
  });

  it.each([
    ["a space", text.replace(",", ", ")],
    ["another order", `{"seq":3,${text.slice(1).replace(',"seq":3', "")}`],
    ["a key more", text.replace("{", '{"a":1,')],
    ["a key less", text.replace(',"seq":3', "")],
    ["a key twice", text.replace(',"seq":3', ',"seq":3,"seq":3')],
    ["a negative seq", text.replace('"seq":3', '"seq":-3')],
    ["a seq as text", text.replace('"seq":3', '"seq":"3"')],
    ["a broken seq", text.replace('"seq":3', '"seq":3.5')],
    ["a time without milliseconds", text.replace(".123Z", "Z")],
    ["a time with an offset", text.replace(".123Z", ".123+00:00")],
    ["a day that is none", text.replace("05-27", "02-30")],
    ["an empty type", text.replace("claim-made", "")],
    ["a type with a space", text.replace("claim-made", "claim made")],
    ["a stream of 129 characters", text.replace("incident/1", "a".repeat(129))],
    ["a short commitment", text.replace(entry.commitment.toString("base64"), "BQUF")],
    ["base64 that is not canonical", text.replace("UFBQU=", "UFBQV=")],
    ["something behind it", `${text}\n`],
    ["a byte order mark", `\ufeff${text}`],
    ["no JSON", "{"],
    ["a list", "[]"],
  ])("refuses %s", (_, changed) => {
    expect(changed).not.toBe(text);
    expect(() => parseEntry(Buffer.from(changed))).toThrow(TransparencyError);
  });

  it("`type` and `stream`: 1–128 of `A-Z a-z 0-9 . _ : / -`", () => {
    for (const name of ["a", "A-Z.0_9:/", "x".repeat(128)]) expect(isEntryName(name)).toBe(true);
    for (const name of ["", "x".repeat(129), "a b", "ä", "a\n", "a+b", "a\u0000"])
      expect(isEntryName(name)).toBe(false);
  });
});

describe("an event is an I-JSON object, stored as its canonical text", () => {
  it("comes back from its text", () => {
    const objects = fc.dictionary(fc.string({ unit: "grapheme" }), fc.jsonValue()).filter((object) => {
      try {
        eventText(object);
        return true;
      } catch {
        return false;
      }
    });
    fc.assert(
      fc.property(objects, (event) => {
        expect(eventText(parseEventText(eventText(event)))).toBe(eventText(event));
      }),
    );
  });

  it.each([
    ["null", null],
    ["a list", []],
    ["text", "text"],
    ["undefined in it", { a: undefined }],
    ["not a number", { a: NaN }],
    ["an endless number", { a: [Infinity] }],
    ["a lone surrogate", { a: "\ud800" }],
    ["a lone surrogate in a key", { "\udc00": 1 }],
    ["a noncharacter", { a: "\uffff" }],
    ["a date", { a: new Date(0) }],
    ["a map", { a: new Map() }],
    ["a bigint", { a: 1n }],
    ["a function", { a: () => 1 }],
  ])("refuses %s", (_, event) => {
    expect(() => eventText(event)).toThrow(TransparencyError);
  });

  it.each(['{"b":1,"a":2}', '{ "a":1}', '{"a":1.0}', '{"a":1,"a":1}', "[]", "{"])(
    "`%s` is no canonical text",
    (text) => {
      expect(() => parseEventText(text)).toThrow(TransparencyError);
    },
  );
});
