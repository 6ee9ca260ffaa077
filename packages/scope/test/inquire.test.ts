import { describe, expect, test } from "vitest";
import { inquire, matchSuspect, placeInWindow, type SourceInquiry, type SuspectField } from "../src/index.ts";
import { at, smallMap, smallQuestion, smallSource, windowSeconds } from "./support/small-case.ts";

function inquiryOf(skewUs: number, ...suspects: ReadonlyMap<SuspectField, string>[]): SourceInquiry {
  const map = smallMap({ sources: [smallSource({ skewUs })] });
  const [source] = inquire(map, smallQuestion({ suspects })).sources;
  if (source === undefined) throw new RangeError("the map has one source");
  return source;
}

describe("the window [from, to)", () => {
  const place = (skewSeconds: number, seconds: number): string =>
    placeInWindow(inquire(smallMap(), smallQuestion()), inquiryOf(skewSeconds * 1_000_000), at(seconds));

  test("without skew its first instant is inside and its last is not", () => {
    expect([place(0, 0), place(0, windowSeconds - 1), place(0, windowSeconds)]).toEqual([
      "surely",
      "surely",
      "no",
    ]);
  });

  test("an event less than `skew` from an edge of the window, on either side, is only possibly inside", () => {
    expect([-2, -1, 0, 1, 2].map((seconds) => place(2, seconds))).toEqual([
      "no",
      "possibly",
      "possibly",
      "possibly",
      "surely",
    ]);
    expect([998, 999, 1000, 1001, 1002].map((seconds) => place(2, seconds))).toEqual([
      "surely",
      "possibly",
      "possibly",
      "possibly",
      "no",
    ]);
  });
});

describe("suspects", () => {
  const actor = new Map<SuspectField, string>([["actor", "svc-metrics"]]);
  const both = new Map<SuspectField, string>([
    ["actor", "svc-metrics"],
    ["operation", "get"],
  ]);

  test("any entry may match; within an entry all fields must", () => {
    const one = inquiryOf(0, both, new Map([["actor", "other"]]));
    expect(matchSuspect(one, new Map([["actor", "svc-metrics"]]))).toBe("no");
    expect(matchSuspect(one, new Map([["actor", "other"]]))).toBe("surely");
    expect(matchSuspect(one, both)).toBe("surely");
  });

  test("so does an event of a source that does not map a field the suspect names, when all other fields match", () => {
    const unmapped = inquiryOf(0, new Map([...actor, ["session", "9f2c"]]));
    expect(matchSuspect(unmapped, actor)).toBe("possibly");
    expect(matchSuspect(unmapped, new Map([["actor", "other"]]))).toBe("no");
    expect(matchSuspect(inquiryOf(0, new Map([["session", "9f2c"]])), actor)).toBe("possibly");
  });

  test("a sure match of one entry outweighs a possible one of another", () => {
    const mixed = inquiryOf(0, new Map([["session", "9f2c"]]), actor);
    expect(matchSuspect(mixed, actor)).toBe("surely");
  });
});
