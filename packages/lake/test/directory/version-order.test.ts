import { expect, test } from "vitest";
import { isVersion, versionTest } from "../../src/directory/version-order.ts";

const rising = [
  ["0", "0.0.0.0", "00.0"],
  ["0.9.9999999999999999999"],
  ["0.9.10000000000000000000"],
  ["1-0"],
  ["1-1"],
  ["1-10"],
  ["1-1a", "1.0.0-1a+b.7"],
  ["1-alpha", "1.0-alpha"],
  ["1-alpha.1"],
  ["1-alpha.beta"],
  ["1", "1.0", "01.0.0.0", "1+build.007"],
  ["1.0.0.1"],
  ["1.0.9"],
  ["1.0.10"],
  ["1.1.0"],
  ["10"],
];

test("one to four numbers with an optional SemVer pre-release; missing ones are 0, build metadata is ignored", () => {
  rising.forEach((equals, index) => {
    for (const below of equals) {
      expect(isVersion(below)).toBe(true);
      rising.forEach((others, other) => {
        for (const version of others)
          expect([
            version,
            below,
            ...(["below", "at", "at-least", "above"] as const).map((side) =>
              versionTest(side, below)(version),
            ),
          ]).toEqual([version, below, other < index, other === index, other >= index, other > index]);
      });
    }
  });
});

test("anything else is unreadable and below everything", () => {
  for (const text of [
    null,
    "",
    "v1",
    "1.",
    ".1",
    "1.0.0.0.0",
    "1-",
    "1-01",
    "1-a..b",
    "1+",
    "1 ",
    "1.0.0\n",
    "１",
    "-1",
    "1.x",
  ]) {
    expect(versionTest("below", "0-0")(text)).toBe(true);
    if (text !== null) expect(isVersion(text)).toBe(false);
  }
  expect(() => versionTest("below", "v1")).toThrow(RangeError);
});
