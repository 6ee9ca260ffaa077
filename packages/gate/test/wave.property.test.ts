import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { compilePolicy, decide, parsePolicy, parseRequest, waveOf } from "../src/index.ts";

/** Ids as services make them: counted, random, by e-mail address, short. */
const idShapes: Readonly<Record<string, (index: number) => string>> = {
  counted: (index) => `u-${index}`,
  numbers: (index) => String(index),
  padded: (index) => `account-${String(index).padStart(12, "0")}`,
  uuids: (index) =>
    `${((index * 2654435761) >>> 0).toString(16).padStart(8, "0")}-0000-4000-8000-${String(index).padStart(12, "0")}`,
  addresses: (index) => `person.${index}@example.org`,
  "of one to three characters": (index) => index.toString(36),
};
const rulePairs: readonly (readonly [string, string])[] = [
  ["reauth", "newpw"],
  ["reauth-1", "reauth-2"],
  ["a", "b"],
  ["rule", "rule2"],
];
const accounts = 48_000;

/** Pearson's statistic of counts that should all be the same. */
function chiSquare(counts: readonly number[], total: number): number {
  const expected = total / counts.length;
  return counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
}

/** Six standard deviations above the mean of a chi-square distribution: a fair hash is beyond it once in 10^8. */
function chiSquareMost(cells: number): number {
  const freedom = cells - 1;
  return freedom + 6 * Math.sqrt(2 * freedom) + 12;
}

describe("the wave", () => {
  it.each(Object.entries(idShapes))("is uniform over ids that are %s", (_, idOf) => {
    for (const waves of [2, 3, 24, 100]) {
      for (const rule of ["reauth", "newpw"]) {
        const counts = new Array<number>(waves).fill(0);
        for (let i = 0; i < accounts; i++) {
          const wave = waveOf(rule, idOf(i), waves);
          counts[wave] = (counts[wave] ?? 0) + 1;
        }
        expect(chiSquare(counts, accounts), `${rule}, ${waves} waves`).toBeLessThan(chiSquareMost(waves));
      }
    }
  });

  it.each(Object.entries(idShapes))("is independent between rules over ids that are %s", (_, idOf) => {
    for (const [first, second] of rulePairs) {
      const waves = 8;
      const counts = new Array<number>(waves * waves).fill(0);
      for (let i = 0; i < accounts; i++) {
        const cell = waveOf(first, idOf(i), waves) * waves + waveOf(second, idOf(i), waves);
        counts[cell] = (counts[cell] ?? 0) + 1;
      }
      expect(chiSquare(counts, accounts), `${first}, ${second}`).toBeLessThan(chiSquareMost(waves * waves));
    }
  });

  it("is one of 0 … n − 1 for any ids, also for a million waves", () => {
    fc.assert(
      fc.property(
        fc.string({ unit: "binary" }),
        fc.string({ unit: "binary" }),
        fc.integer({ min: 1, max: 1_000_000 }),
        (rule, account, waves) => {
          const wave = waveOf(rule, account, waves);
          expect(Number.isInteger(wave) && wave >= 0 && wave < waves).toBe(true);
        },
      ),
    );
  });

  it("is a function of the rule's id and the account's id alone: not of ordinal, version, order or policy", () => {
    const rollout = { from: "2014-05-27T12:00:00Z", over: "24h", waves: 24 };
    const rule = { id: "r", measure: "reauthenticate", cutoff: "2014-05-27T12:00:00Z", rollout };
    const other = { id: "q", measure: "redownload", epoch: 1 };
    const now = Date.UTC(2014, 4, 27, 18, 30);
    const small = compilePolicy(parsePolicy({ version: 1, rules: [rule] }), new Map());
    const large = compilePolicy(parsePolicy({ version: 99, rules: [other, rule] }), new Map());
    for (let i = 0; i < 500; i++) {
      const account = `u-${i}`;
      const alone = decide(small, parseRequest({ account }), now).allow;
      expect(decide(large, parseRequest({ account, ordinal: i, keyId: "k" }), now).allow).toBe(alone);
      expect(alone).toBe(waveOf("r", account, 24) > 6);
    }
  });
});

describe("wave k of n opens at from + k·over/n", () => {
  const fromMs = Date.UTC(2014, 4, 27, 12);
  /** Durations whose n-th parts are no whole milliseconds, and some whose products leave the doubles. */
  const duration = fc.oneof(
    fc.integer({ min: 0, max: 100 }).map((seconds) => ({ text: `${seconds}s`, ms: seconds * 1000 })),
    fc.integer({ min: 1, max: 100_000_000 }).map((days) => ({ text: `${days}d`, ms: days * 86_400_000 })),
  );
  const waves = fc.oneof(fc.integer({ min: 1, max: 30 }), fc.integer({ min: 1, max: 1_000_000 }));

  it("exactly: a millisecond before it is closed, at it it is open", () => {
    fc.assert(
      fc.property(duration, waves, fc.string(), ({ text, ms }, count, account) => {
        const compiled = compilePolicy(
          parsePolicy({
            version: 1,
            rules: [
              {
                id: "r",
                measure: "redownload",
                epoch: 1,
                rollout: { from: new Date(fromMs).toISOString(), over: text, waves: count },
              },
            ],
          }),
          new Map(),
        );
        const wave = BigInt(waveOf("r", account, count));
        const product = wave * BigInt(ms);
        // The first whole millisecond at or after from + k·over/n.
        const opensMs = fromMs + Number((product + BigInt(count) - 1n) / BigInt(count));
        const isOpenAt = (now: number): boolean =>
          decide(compiled, parseRequest({ account }), now).directives.length > 0;
        expect(isOpenAt(opensMs)).toBe(true);
        expect(isOpenAt(opensMs - 1)).toBe(false);
        expect(isOpenAt(fromMs - 1)).toBe(false);
        expect(isOpenAt(fromMs + ms)).toBe(true);
      }),
      { numRuns: 2000 },
    );
  });
});
