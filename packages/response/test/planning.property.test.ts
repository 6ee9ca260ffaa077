import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseDuration } from "@cordon/model";
import {
  expectedLoad,
  hourOfWeek,
  planWaves,
  profileFor,
  sessionHoursLeft,
  type ActivityProfile,
  type Opening,
  type WaveBudget,
} from "@cordon/response";
import { refusal } from "./run.ts";

const hourMs = 3_600_000;
const monday = Date.parse("2014-05-26T00:00:00Z");

/** The same expectation wave by wave: each keeps its own people, and nothing is summed before its time. */
function oracleRate(profile: ActivityProfile, opening: Opening, atMs: number): number {
  let perSecond = 0;
  for (const { people, backByHour } of profile.groups) {
    const perHour = (ms: number) => {
      const back = backByHour[new Date(ms).getUTCHours() + 24 * ((new Date(ms).getUTCDay() + 6) % 7)] ?? 0;
      return people === 0 ? 0 : Math.min(20, -Math.log(1 - back / people));
    };
    for (let k = 0; k < opening.waves; k++) {
      const openMs = opening.fromMs + (k * opening.overMs) / opening.waves;
      if (openMs > atMs) continue;
      let exposure = 0;
      for (let ms = openMs; ms < atMs;) {
        const nextMs = Math.min(atMs, (Math.floor(ms / hourMs) + 1) * hourMs);
        exposure += (perHour(ms) * (nextMs - ms)) / hourMs;
        ms = nextMs;
      }
      perSecond += ((people / opening.waves) * Math.exp(-exposure) * perHour(atMs)) / 3600;
    }
  }
  return perSecond;
}

const group = fc
  .record({
    people: fc.constantFrom(0, 1000, 300_000, 2_000_000, 12_000_000),
    busy: fc.integer({ min: 0, max: 23 }),
    // Not drawn freely: most free doubles are next to nothing.
    share: fc.constantFrom(0, 0.02, 0.1, 0.3, 1),
  })
  .map(({ people, busy, share }) => ({
    people,
    backByHour: Array.from({ length: 168 }, (_, hour) => {
      const away = Math.abs((hour % 24) - busy);
      return people * share * (0.1 + 0.9 * Math.max(0, 1 - Math.min(away, 24 - away) / 8));
    }),
  }));
const profiles: fc.Arbitrary<ActivityProfile> = fc.record({
  groups: fc.array(group, { minLength: 1, maxLength: 3 }),
  atOnce: fc.constant(null),
});
const beginnings = fc.integer({ min: 0, max: 168 * 60 }).map((minutes) => monday + minutes * 60_000);

describe("the expected load", () => {
  test("agrees with each wave reckoned on its own, and its peak is passed nowhere", () => {
    fc.assert(
      fc.property(
        profiles,
        beginnings,
        fc.integer({ min: 1, max: 12 }),
        fc.integer({ min: 1, max: 30 }),
        fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 5, maxLength: 5 }),
        (profile, fromMs, waves, hours, looks) => {
          const opening = { fromMs, overMs: hours * hourMs, waves };
          const untilMs = fromMs + 60 * hourMs;
          const load = expectedLoad(profile, opening, untilMs);
          expect(oracleRate(profile, opening, load.peakAtMs || fromMs)).toBeCloseTo(load.perSecondPeak, 6);
          for (const look of looks) {
            const atMs = Math.floor(fromMs + look * (untilMs - fromMs));
            expect(oracleRate(profile, opening, atMs)).toBeLessThanOrEqual(load.perSecondPeak + 1e-6);
          }
        },
      ),
      { numRuns: 60 },
    );
  });

  test("loses and doubles nobody: who has come and who has not are everybody", () => {
    fc.assert(
      fc.property(
        profiles,
        beginnings,
        fc.integer({ min: 1, max: 50 }),
        fc.integer({ min: 0, max: 100 }),
        fc.option(
          fc.record({ share: fc.double({ min: 0, max: 1, noNaN: true }), withinSeconds: fc.constant(60) }),
        ),
        (habits, fromMs, waves, hours, atOnce) => {
          const profile = { ...habits, atOnce };
          const people = profile.groups.reduce((sum, one) => sum + one.people, 0);
          const load = expectedLoad(profile, { fromMs, overMs: hours * hourMs, waves }, fromMs + 72 * hourMs);
          const came = load.hours.reduce((sum, hour) => sum + hour.expected, 0);
          expect(came + load.remaining).toBeCloseTo(people, 3);
        },
      ),
      { numRuns: 100 },
    );
  });

  test("counts who is active when a wave opens within the seconds it takes to reach them", () => {
    const profile = {
      groups: [{ people: 1000, backByHour: Array.from({ length: 168 }, () => 500) }],
      atOnce: { share: 0.5, withinSeconds: 10 },
    };
    const opening = { fromMs: monday, overMs: 0, waves: 1 };
    const load = expectedLoad(profile, opening, monday + hourMs);
    // 250 of the hour's 500 within 10 s, besides the 750 others who come at ln 2 an hour.
    expect(load.perSecondPeak).toBeCloseTo(25 + (750 * Math.LN2) / 3600, 9);
  });
});

describe("planned waves", () => {
  test("stay within the budget whenever they begin, and a shorter span would not", () => {
    let planned = 0;
    fc.assert(
      fc.property(
        profiles,
        fc.constantFrom(20, 50, 100, 400),
        fc.option(beginnings),
        fc.integer({ min: 0, max: 167 }),
        (profile, signInsPerSecondMax, fromMs, otherHour) => {
          const budget: WaveBudget = {
            profile,
            signInsPerSecondMax,
            basePerSecond: null,
            fromMs,
            overHoursMax: 96,
            because: "precaution",
          };
          const plan = planWaves(budget);
          const rollout = plan.fits ? plan.rollout : null;
          const waves = rollout?.waves ?? 1;
          const overMs = parseDuration(rollout?.over ?? "0s") ?? 0;
          const beginMs = fromMs ?? monday + otherHour * hourMs;
          const peakOf = (ms: number, n: number) =>
            expectedLoad(profile, { fromMs: beginMs, overMs: ms, waves: n }, beginMs + ms + 168 * hourMs)
              .perSecondPeak;
          if (!plan.fits) {
            expect(plan.perSecondPeak).toBeGreaterThan(signInsPerSecondMax);
            return;
          }
          expect(peakOf(overMs, waves)).toBeLessThanOrEqual(signInsPerSecondMax + 1e-9);
          if (rollout === null || fromMs === null || overMs <= hourMs) return;
          planned += 1;
          const shorterMs = overMs - (overMs > 48 * hourMs ? 6 : 1) * hourMs;
          const shorterWaves = Math.min(200, Math.floor(shorterMs / (15 * 60_000)));
          expect(peakOf(shorterMs, shorterWaves)).toBeGreaterThan(signInsPerSecondMax);
        },
      ),
      { numRuns: 60 },
    );
    expect(planned).toBeGreaterThan(3);
  });

  const evening: ActivityProfile = {
    groups: [
      {
        people: 4_000_000,
        backByHour: Array.from({ length: 168 }, (_, hour) => (hour % 24 >= 18 ? 1_200_000 : 200_000)),
      },
    ],
    atOnce: null,
  };
  const budget: WaveBudget = {
    profile: evening,
    signInsPerSecondMax: 100,
    basePerSecond: null,
    fromMs: null,
    overHoursMax: 720,
    because: "precaution",
  };

  test("never make exposed sessions wait, and say what they would cost instead", () => {
    const plan = planWaves({ ...budget, because: "exposure" });
    expect(plan.fits ? "" : plan.because).toContain("never wait");
    expect(plan.perSecondPeak).toBeGreaterThan(100);
    expect(planWaves({ ...budget, because: "exposure", signInsPerSecondMax: 1000 })).toMatchObject({
      fits: true,
      rollout: null,
    });
  });

  test("leave room for the sign-ins that are there anyway", () => {
    const plain = planWaves(budget);
    const busy = planWaves({ ...budget, basePerSecond: Array.from({ length: 168 }, () => 60) });
    const over = (plan: typeof plain) => (plan.fits ? (parseDuration(plan.rollout?.over ?? "0s") ?? 0) : 0);
    expect(over(busy)).toBeGreaterThan(over(plain));
    expect(planWaves({ ...budget, basePerSecond: Array.from({ length: 168 }, () => 101) }).fits).toBe(false);
  });

  test.each([
    ["hours are missing", { profile: { groups: [{ people: 1, backByHour: [0] }], atOnce: null } }],
    ["more come back than there are", { profile: { groups: [{ people: 1, backByHour: Array.from({ length: 168 }, () => 2) }], atOnce: null } }], // prettier-ignore
    ["there is no budget", { signInsPerSecondMax: 0 }],
    ["the budget is no number", { signInsPerSecondMax: NaN }],
    ["there is no time", { overHoursMax: 0 }],
    ["the base lacks hours", { basePerSecond: [1] }],
  ])("are refused when %s", (_, change) => {
    expect(refusal(() => planWaves({ ...budget, ...change })).code).toBe("ERR_PROFILE");
  });
});

test("session-hours left are those until each session's wave opens", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 60 }), fc.integer({ min: 1, max: 100 }), (waves, hours) => {
      const each = Array.from({ length: waves }, (_, k) => (k * hours) / waves);
      const mean = each.reduce((sum, wait) => sum + wait, 0) / waves;
      expect(sessionHoursLeft(500, { over: `${hours}h`, waves }, 2 * hourMs)).toBeCloseTo(
        500 * (mean + 2),
        6,
      );
    }),
  );
  expect(sessionHoursLeft(500, null, 0)).toBe(0);
});

test("the hour of the week begins on Monday at midnight UTC", () => {
  expect(hourOfWeek(monday)).toBe(0);
  expect(hourOfWeek(monday - 1)).toBe(167);
  expect(hourOfWeek(0)).toBe(72);
  expect(hourOfWeek(-hourMs)).toBe(71);
});

test("a profile scaled to fewer people has the same habits", () => {
  const profile = {
    groups: [{ people: 100, backByHour: Array.from({ length: 168 }, () => 50) }],
    atOnce: null,
  };
  expect(profileFor(profile, 10).groups[0]).toMatchObject({ people: 10 });
  expect(profileFor(profile, 10).groups[0]?.backByHour[3]).toBe(5);
});
