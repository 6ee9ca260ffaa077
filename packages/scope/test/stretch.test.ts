import fc from "fast-check";
import { expect, test } from "vitest";
import { silences } from "../src/silences.ts";
import { cutTo, unbroken, uncoveredPart, type Stretch } from "../src/stretch.ts";

const instant = fc.integer({ min: 0, max: 60 });
const stretches = fc.array(
  fc.tuple(instant, instant).map(([a, b]) => ({ fromUs: Math.min(a, b), toUs: Math.max(a, b) })),
  { maxLength: 8 },
);
const wholes = fc.tuple(instant, fc.integer({ min: 1, max: 30 })).map(([fromUs, length]) => ({
  fromUs,
  toUs: fromUs + length,
}));

function holds({ fromUs, toUs }: Stretch, tick: number): boolean {
  return fromUs <= tick && tick < toUs;
}

function ticks({ fromUs, toUs }: Stretch): number[] {
  return Array.from({ length: toUs - fromUs }, (_, index) => fromUs + index);
}

test("the unbroken stretches hold the same time, in order, apart from each other", () => {
  fc.assert(
    fc.property(stretches, (given) => {
      const merged = unbroken(given);
      for (const tick of ticks({ fromUs: 0, toUs: 61 })) {
        expect(merged.some((stretch) => holds(stretch, tick))).toBe(
          given.some((stretch) => holds(stretch, tick)),
        );
      }
      for (const [index, stretch] of merged.slice(1).entries()) {
        expect(stretch.fromUs).toBeGreaterThan(merged[index]?.toUs ?? Infinity);
      }
    }),
  );
});

test("each instant of the whole is either covered or in the uncovered part", () => {
  fc.assert(
    fc.property(wholes, stretches, (whole, given) => {
      const parts = uncoveredPart(whole, given);
      for (const part of parts) expect(cutTo(whole, part)).toEqual(part);
      for (const tick of ticks(whole)) {
        const covered = given.some((stretch) => holds(stretch, tick));
        expect(parts.some((part) => holds(part, tick))).toBe(!covered);
      }
    }),
  );
});

test("an instant is in a silence exactly when the lines on both its sides, or an edge in the place of none, are too far apart", () => {
  const lines = fc.uniqueArray(instant, { minLength: 1, maxLength: 12 });
  fc.assert(
    fc.property(wholes, lines, fc.integer({ min: 1, max: 20 }), (entry, unsorted, silenceUsMax) => {
      const sorted = [...unsorted].sort((a, b) => a - b);
      const alive = unbrokenLines(sorted);
      const found = silences(entry, alive, silenceUsMax);
      for (const tick of ticks(entry)) {
        const before = sorted.filter((line) => line <= tick).at(-1) ?? entry.fromUs;
        const after = sorted.find((line) => line > tick) ?? entry.toUs;
        expect(found.some((silence) => holds(silence, tick))).toBe(after - before > silenceUsMax);
      }
    }),
  );
});

test("a coverage told in two entries that touch has the silences of the same in one", () => {
  const lines = fc.uniqueArray(instant, { minLength: 1, maxLength: 8 });
  fc.assert(
    fc.property(wholes, fc.nat(30), lines, fc.nat(20), (whole, cut, unsorted, silenceUsMax) => {
      const alive = unbrokenLines([...unsorted].sort((a, b) => a - b));
      const middle = Math.min(whole.fromUs + cut, whole.toUs);
      // An edge is judged by the entry it belongs to: only where lines lie on both sides of the cut are they the same.
      fc.pre((alive[0]?.fromUs ?? Infinity) <= middle && (alive.at(-1)?.toUs ?? -Infinity) >= middle);
      const halves = [
        { fromUs: whole.fromUs, toUs: middle },
        { fromUs: middle, toUs: whole.toUs },
      ].filter(({ fromUs, toUs }) => fromUs < toUs);
      const told = halves.flatMap((half) => silences(half, alive, silenceUsMax));
      expect(unbroken(told)).toEqual(unbroken(silences(whole, alive, silenceUsMax)));
    }),
  );
});

/** Lines that are one tick apart make one stretch, as the findings have it. */
function unbrokenLines(lines: readonly number[]): Stretch[] {
  const alive: Stretch[] = [];
  for (const line of lines) {
    const last = alive.at(-1);
    if (last !== undefined && line - last.toUs <= 1) alive[alive.length - 1] = { ...last, toUs: line };
    else alive.push({ fromUs: line, toUs: line });
  }
  return alive;
}
