import fc from "fast-check";
import { describe, expect, test } from "vitest";

import { clockToleranceMs, licenceState, readByteRange } from "../../src/offline/index.ts";

const endsMs = Date.parse("2026-12-01T00:00:00Z");
const licence = { epoch: 2, expiresAt: "2026-12-01T00:00:00Z" };
const dayMs = 86_400_000;

describe("a licence", () => {
  test("plays until its end, not at it", () => {
    const state = (nowMs: number) => licenceState(licence, 0, { nowMs, highestSeenMs: nowMs });
    expect(state(endsMs - 1)).toBe("plays");
    expect(state(endsMs)).toBe("expired");
  });

  test("no setting of the clock gives back a licence whose end was seen", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: endsMs * 2 }), fc.nat(dayMs * 400), (nowMs, past) => {
        expect(licenceState(licence, 0, { nowMs, highestSeenMs: endsMs + past })).toBe("expired");
      }),
    );
  });

  test("a clock turned back is told, unless by so little that it is nothing", () => {
    const highestSeenMs = endsMs - dayMs;
    const at = (backMs: number) => licenceState(licence, 0, { nowMs: highestSeenMs - backMs, highestSeenMs });
    expect(at(clockToleranceMs)).toBe("plays");
    expect(at(clockToleranceMs + 1)).toBe("clock-turned-back");
    expect(at(30 * dayMs)).toBe("clock-turned-back");
  });

  test("an epoch that is over recalls it, whatever the time", () => {
    fc.assert(
      fc.property(fc.nat(), fc.nat(), (nowMs, highestSeenMs) => {
        expect(licenceState(licence, 3, { nowMs, highestSeenMs })).toBe("recalled");
      }),
    );
    expect(licenceState(licence, 2, { nowMs: 0, highestSeenMs: 0 })).toBe("plays");
  });

  test("one whose end can't be read is over", () => {
    expect(licenceState({ epoch: 2, expiresAt: "soon" }, 0, { nowMs: 0, highestSeenMs: 0 })).toBe("expired");
  });
});

describe("a Range header (RFC 9110, 14.1.2)", () => {
  test.each([
    ["bytes=0-1", { from: 0, to: 2 }],
    ["bytes=0-", { from: 0, to: 1000 }],
    ["bytes=990-2000", { from: 990, to: 1000 }],
    ["bytes=-10", { from: 990, to: 1000 }],
    ["bytes=-5000", { from: 0, to: 1000 }],
    ["Bytes = 5 - 5", { from: 5, to: 6 }],
    ["bytes=1000-", "unsatisfiable"],
    ["bytes=-0", "unsatisfiable"],
    ["bytes=9-3", null],
    ["bytes=-", null],
    ["bytes=0-1,5-6", null],
    ["lines=0-1", null],
    [null, null],
  ])("%s", (header, expected) => {
    expect(readByteRange(header, 1000)).toEqual(expected);
  });
});
