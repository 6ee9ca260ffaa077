import fc from "fast-check";
import { formatInstant, parseLogTimeUs } from "@cordon/model";
import { describe, expect, test } from "vitest";
import { logTimeUs } from "../src/index.ts";
import { flawsOf, sourceOf } from "./assemble-text.ts";

const instant = Date.UTC(2014, 4, 20, 10, 0, 0, 123) * 1000;

describe("one instant in its notations", () => {
  test.each([
    "2014-05-20T10:00:00.123Z",
    "2014-05-20t10:00:00.123z",
    "2014-05-20 10:00:00.123Z",
    "2014-05-20T10:00:00,123Z",
    "2014-05-20T12:00:00.123+02:00",
    "2014-05-20T12:00:00.123+0200",
    "2014-05-20 12:00:00.123+02",
    "2014-05-20T04:30:00.123-05:30",
    "2014-05-20 10:00:00.123 UTC",
    "2014-05-20 10:00:00.123 GMT",
    "2014-05-20 12:00:00.123 +02",
    "2014-05-20T10:00:00.123000999Z",
  ])("%s", (text) => {
    for (const format of ["jsonl", "csv", "cloudtrail", "ocsf", "pgaudit"] as const)
      expect(logTimeUs(text, format)).toBe(instant);
  });
  test("what is finer than a microsecond is floored, before 1970 too", () => {
    expect(logTimeUs("1970-01-01T00:00:00.0000019Z", "jsonl")).toBe(1);
    expect(logTimeUs("1969-12-31T23:59:59.9999999Z", "jsonl")).toBe(-1);
  });
  test("both hours of a night in autumn, by their offsets", () => {
    const summer = logTimeUs("2014-10-26T02:30:00+02:00", "jsonl") ?? 0;
    const winter = logTimeUs("2014-10-26T02:30:00+01:00", "jsonl") ?? 0;
    expect(winter - summer).toBe(3_600_000_000);
  });
});

describe("what names no instant makes the line unreadable", () => {
  test.each([
    ["2014-05-20T10:00:00", "its time has no offset from UTC"],
    ["2014-05-20 10:00:00,123", "its time has no offset from UTC"],
    ["2014-05-20 10:00:00 CEST", "its time has no offset from UTC"],
    ["2014-10-26T02:30:00 Europe/Stockholm", "its time has no offset from UTC"],
    ["2016-12-31T23:59:60Z", "its time is a leap second"],
    ["2016-12-31T23:59:60.5+00:00", "its time is a leap second"],
    ["2014-05-20T24:00:00Z", "its time is malformed"],
    ["2014-02-30T10:00:00Z", "its time is malformed"],
    ["2014-05-20T10:00Z", "its time is malformed"],
    ["2014-05-20", "its time is malformed"],
    ["20140520T100000Z", "its time is malformed"],
    ["2014-05-20T10:00:00+24:00", "its time is malformed"],
    ["2014-05-20T10:00:00  Z", "its time is malformed"],
    ["2014-05-20T10:00:00Z ", "its time is malformed"],
    ["20/May/2014:10:00:00 +0000", "its time is malformed"],
    ["1400580000", "its time is malformed"],
    ["yesterday", "its time is malformed"],
    ["", "its time is missing"],
    [null, "its time is missing"],
    [1400580000, "its time is malformed"],
    [1400580000123, "its time is malformed"],
    [true, "its time is malformed"],
  ])("%j: %s", (ts, reason) => {
    expect(flawsOf(sourceOf("jsonl"), JSON.stringify({ ts, op: "get" }))).toEqual([[1, reason]]);
  });
});

describe("OCSF times are milliseconds", () => {
  test("whole or with a fraction, to the microsecond", () => {
    expect(logTimeUs(1_400_580_000_123, "ocsf")).toBe(instant);
    expect(logTimeUs(1_400_580_000_123.456, "ocsf")).toBe(instant + 456);
    expect(logTimeUs(1.4567, "ocsf")).toBe(1456);
    expect(logTimeUs(0, "ocsf")).toBe(0);
    expect(logTimeUs(-0.0001, "ocsf")).toBe(-1);
    expect(logTimeUs(-1.5, "ocsf")).toBe(-1500);
    expect(logTimeUs(-1.5001, "ocsf")).toBe(-1501);
    expect(logTimeUs(1e-9, "ocsf")).toBe(0);
    expect(logTimeUs(-1e-9, "ocsf")).toBe(-1);
  });
  test("no other number and no digits in quotes", () => {
    for (const value of [1e15, -1e15, 2n ** 70n, NaN, "1400580000123", true, [1]])
      expect(logTimeUs(value, "ocsf")).toBeNull();
    for (const format of ["jsonl", "csv", "cloudtrail", "pgaudit"] as const)
      expect(logTimeUs(1_400_580_000_123, format)).toBeNull();
  });
  test("a time to the microsecond reads the same as a number and as text", () => {
    const us = fc.integer({ min: 0, max: 2_000_000_000_000_000 });
    fc.assert(
      fc.property(us, (time) => {
        const ms = Number(`${Math.floor(time / 1000)}.${String(time % 1000).padStart(3, "0")}`);
        const text = formatInstant(Math.floor(time / 1000)).replace(
          "Z",
          `${String(time % 1000).padStart(3, "0")}Z`,
        );
        expect(logTimeUs(text, "ocsf")).toBe(time);
        expect(logTimeUs(ms, "ocsf")).toBe(time);
      }),
    );
  });
});

test("every RFC 3339 time reads as the model reads it", () => {
  const time = fc.date({ noInvalidDate: true, min: new Date(0), max: new Date("9999-01-01T00:00:00Z") });
  fc.assert(
    fc.property(time, (date) => {
      const text = date.toISOString();
      expect(logTimeUs(text, "jsonl")).toBe(parseLogTimeUs(text));
    }),
  );
});
