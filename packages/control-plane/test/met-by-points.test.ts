import type { Progress } from "@cordon/contract";
import type { PlanState } from "@cordon/response";
import { expect, test } from "vitest";
import { metByPoints } from "../src/queries/met-by-points.ts";

const measure = {
  id: "reauth",
  measure: "reauthenticate" as const,
  rollout: { over: "2h", waves: 2 },
};
// Only its coming into force is asked about.
const plan: Pick<PlanState, "inForce"> = {
  inForce: { bundleVersion: 1, atMs: 0, cutoff: "2014-05-27T12:00:00.000Z", cohorts: {} },
};
const groups = { markets: new Map([["SE", 30]]), stores: new Map([["google-play", 20]]) };
const asked = { plan, measure, open: 1, groups };

function point(
  name: string,
  accounts: number,
  more: { startedAt?: string; isWhole?: boolean; rule?: string } = {},
): Progress {
  const { startedAt = "2014-05-27T11:00:00.000Z", isWhole = true, rule = "reauth" } = more;
  const waves = rule === "reauth" ? [accounts, 0] : null;
  const counted = { rule, measure: "reauthenticate", accounts, isWhole, waves };
  return {
    point: name,
    bundleVersion: 1,
    counters: {},
    reportedAt: "2014-05-27T13:00:00.000Z",
    met: {
      startedAt,
      rules: [{ ...counted, markets: { SE: accounts }, stores: { "google-play": accounts } }],
    },
  };
}

test("two points may have counted the same accounts: at least the greater count, at most both together", () => {
  const met = metByPoints([point("a", 5), point("b", 8)], asked);
  const bounds = { atLeast: 8, atMost: 13 };
  expect(met).toEqual({
    total: bounds,
    because: null,
    canary: null,
    byWave: [
      { wave: 0, isOpen: true, ...bounds },
      { wave: 1, isOpen: false, atLeast: 0, atMost: 0 },
    ],
    byMarket: { SE: { people: 30, ...bounds } },
    byStore: { "google-play": { people: 20, ...bounds } },
  });
});

test("what can't be known is null with a reason", () => {
  const late = point("late", 3, { startedAt: "2014-05-27T12:30:00.000Z" });
  expect(metByPoints([point("a", 5), late], asked)).toMatchObject({
    total: { atLeast: 5, atMost: null },
    because: "`late` has counted only since it started, after the measure came into force",
  });
  expect(metByPoints([point("a", 5, { isWhole: false })], asked)).toMatchObject({
    total: { atLeast: 5, atMost: null },
    because: "`a` had no room to count more",
  });
  expect(metByPoints([], asked)).toMatchObject({ total: null, because: "no enforcement point counts it" });
});

test("reports of points that do not count yet are still read, and leave the upper bound open", () => {
  const old: Progress = { point: "old", bundleVersion: 1, counters: { "v1.allowed": 7 }, reportedAt: "x" };
  expect(metByPoints([old, point("a", 5)], asked)).toMatchObject({
    total: { atLeast: 5, atMost: null },
    because: "`old` does not count who has met a measure",
  });
  expect(metByPoints([old], asked).total).toBeNull();
});

test("the canary is counted by its own rule, and may be in an open wave as well", () => {
  const [first] = point("a", 5).met?.rules ?? [];
  const canary = point("a", 2, { rule: "reauth-canary" });
  if (first === undefined || canary.met === undefined) throw new Error("no rule");
  const both = { ...canary, met: { ...canary.met, rules: [first, ...canary.met.rules] } };
  expect(metByPoints([both], asked)).toMatchObject({
    total: { atLeast: 5, atMost: 7 },
    canary: { atLeast: 2, atMost: 2 },
    byMarket: { SE: { atLeast: 5, atMost: 7 } },
  });
});
