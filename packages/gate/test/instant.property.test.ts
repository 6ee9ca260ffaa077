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

  it("takes what an expression and the platform's own reader take, and nothing else", () => {
    const rfc3339 = /^\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d+)?Z$/;
    const read = (text: string): number | null => {
      if (!rfc3339.test(text)) return null;
      // No more than three digits of a fraction; the platform also takes 24:00 and the 30th of February.
      const plain = text
        .replace("t", "T")
        .replace(/\.(\d{1,3})\d*Z/, (_, digits: string) => `.${digits.padEnd(3, "0")}Z`);
      const ms = Date.parse(plain);
      const isSame = !Number.isNaN(ms) && new Date(ms).toISOString().startsWith(plain.slice(0, 19));
      return isSame ? ms : null;
    };
    const whole = fc.constantFrom(
      "2014-05-27T12:00:00Z",
      "0000-02-29t23:59:59.1Z",
      "1900-02-28T00:00:00.98765Z",
    );
    const character = fc.constantFrom(...Array.from("00112233456789-:TtZz.+ \n٣"));
    const change = fc.record({
      at: fc.nat(27),
      removed: fc.constantFrom(1, 1, 1, 0, 2),
      added: fc.array(character, { maxLength: 2 }),
    });
    let taken = 0;
    fc.assert(
      fc.property(whole, fc.array(change, { maxLength: 3 }), (start, changes) => {
        let text = start;
        for (const { at, removed, added } of changes) {
          text = text.slice(0, at) + added.join("") + text.slice(at + removed);
        }
        const expected = read(text);
        taken += Number(expected !== null);
        expect([text, parseInstant(text)]).toEqual([text, expected]);
      }),
      { numRuns: 20_000 },
    );
    // It says something only while both answers are common.
    expect(taken).toBeGreaterThan(1000);
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
