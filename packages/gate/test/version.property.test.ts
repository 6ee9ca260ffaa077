import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { compareVersions, parseVersion } from "../src/index.ts";
import { VersionCache } from "../src/version-cache.ts";
import { orderOf } from "@cordon/testkit";

const digits = fc.oneof(
  fc.constantFrom("0", "00", "1", "01", "9", "10", "8191", "8192", "9007199254740993"),
  fc.stringMatching(/^[0-9]{1,4}$/),
);
const identifiers = fc.stringMatching(/^[0-9aZ-]{1,3}(\.[0-9aZ-]{1,3}){0,2}$/);
const nearVersion = fc
  .tuple(
    fc.array(digits, { minLength: 1, maxLength: 5 }),
    fc.option(identifiers, { freq: 2 }),
    fc.option(identifiers, { freq: 5 }),
  )
  .map(
    ([numbers, preRelease, build]) =>
      numbers.join(".") + (preRelease === null ? "" : `-${preRelease}`) + (build === null ? "" : `+${build}`),
  );
const text = fc.oneof(
  { arbitrary: nearVersion, weight: 8 },
  { arbitrary: fc.stringMatching(/^[0-9.+a-]{0,8}$/), weight: 2 },
  fc.string({ unit: "binary" }),
);

describe("versions", () => {
  it("are read and ordered as a reader by regular expressions and big integers does it", () => {
    fc.assert(
      fc.property(text, text, (a, b) => {
        const [left, right] = [parseVersion(a), parseVersion(b)];
        // A readable version is no higher than itself, an unreadable one is below `0-0`, the lowest.
        expect(left === null).toBe(orderOf(a, "0-0") < 0);
        expect(Math.sign(compareVersions(left, right))).toBe(orderOf(a, b));
      }),
      { numRuns: 8000 },
    );
  });

  it("are kept once read, a flood of others or not", () => {
    const cache = new VersionCache();
    const flood = Array.from({ length: 5000 }, (_, i) => `${i}.${i}`);
    const long = `1.${"0".repeat(100)}`;
    for (const one of ["1.2.3", "none", long, ...flood, "1.2.3", "none", long]) {
      expect(cache.parse(one)).toEqual(parseVersion(one));
    }
    expect(cache.parse("1.2.3")).toBe(cache.parse("1.2.3"));
  });
});
