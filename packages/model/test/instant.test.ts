import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { formatInstant, parseDuration, parseInstant, parseLogTimeUs } from "../src/index.ts";

const instants = fc.integer({ min: -62_135_596_800_000, max: Date.UTC(9999, 11, 31) });

describe("parseInstant", () => {
  it("reads back what formatInstant writes, to the millisecond", () => {
    fc.assert(fc.property(instants, (ms) => parseInstant(formatInstant(ms)) === ms));
  });

  it.each([
    "2014-05-27",
    "2014-05-27T12:00:00",
    "2014-05-27T12:00:00+00:00",
    "2014-02-30T00:00:00Z",
    "2014-05-27T24:00:00Z",
    "2014-06-30T23:59:60Z",
    "2014-05-27 12:00:00Z",
    " 2014-05-27T12:00:00Z",
    "1400000000",
    "",
  ])("refuses `%s`", (text) => {
    expect(parseInstant(text)).toBeNull();
  });

  it("floors what is finer than a millisecond", () => {
    expect(parseInstant("1970-01-01T00:00:00.0019Z")).toBe(1);
  });
});

describe("parseLogTimeUs", () => {
  it("takes an offset for what it says", () => {
    expect(parseLogTimeUs("2014-05-27T14:30:00.000001+02:30")).toBe(Date.UTC(2014, 4, 27, 12) * 1000 + 1);
    expect(parseLogTimeUs("2014-05-27T12:00:00-00:30")).toBe(Date.UTC(2014, 4, 27, 12, 30) * 1000);
  });

  it("names no instant for a time without zone", () => {
    expect(parseLogTimeUs("2014-05-27T12:00:00")).toBeNull();
    expect(parseLogTimeUs("2014-05-27T12:00:00+24:00")).toBeNull();
  });
});

describe("parseDuration", () => {
  it.each([
    ["2s", 2000],
    ["90m", 5_400_000],
    ["72h", 259_200_000],
    ["3d", 259_200_000],
    ["0s", 0],
  ])("`%s` is %d ms", (text, ms) => {
    expect(parseDuration(text)).toBe(ms);
  });

  it.each(["", "2", "2 s", "1.5h", "-1s", "1w", "2S", "9999999999s"])("refuses `%s`", (text) => {
    expect(parseDuration(text)).toBeNull();
  });
});
