import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { compareVersions, parseInstant, parseVersion } from "../src/index.ts";

describe("parseInstant", () => {
  it("reads back every instant of the years 0000 to 9999", () => {
    const earliest = Date.parse("0000-01-01T00:00:00Z");
    const latest = Date.parse("9999-12-31T23:59:59.999Z");
    fc.assert(
      fc.property(fc.integer({ min: earliest, max: latest }), (ms) => {
        expect(parseInstant(new Date(ms).toISOString())).toBe(ms);
      }),
      { numRuns: 5000 },
    );
  });
});

describe("compareVersions", () => {
  const identifier = fc.oneof(fc.nat(30).map(String), fc.stringMatching(/^[0-9A-Za-z-]{0,3}[A-Za-z-]$/));
  const version = fc
    .tuple(
      fc.array(fc.oneof(fc.nat(3), fc.bigInt(0n, 10n ** 30n)), { minLength: 1, maxLength: 4 }),
      fc.option(fc.array(identifier, { minLength: 1, maxLength: 3 })),
    )
    .map(([numbers, pre]) => numbers.join(".") + (pre === null ? "" : `-${pre.join(".")}`));

  it("orders any versions: antisymmetric and transitive", () => {
    fc.assert(
      fc.property(version, version, version, (a, b, c) => {
        const compare = (x: string, y: string): number =>
          Math.sign(compareVersions(parseVersion(x), parseVersion(y)));
        expect(compare(a, b)).toBe(-compare(b, a) + 0);
        expect(compare(a, a)).toBe(0);
        if (compare(a, b) <= 0 && compare(b, c) <= 0) expect(compare(a, c)).toBeLessThanOrEqual(0);
      }),
      { numRuns: 2000 },
    );
  });
});
