import { describe, expect, test } from "vitest";
import { previewOf, type Measure, type MeasureCounts, type PreviewRequest } from "@cordon/response";
import { refusal } from "./run.ts";

const hourMs = 3_600_000;
const fromMs = Date.parse("2014-05-26T00:00:00Z");

const counts: MeasureCounts = {
  measureId: "reauth",
  people: 1000,
  byMarket: { SE: 600, GB: 400 },
  byPlatform: { android: 700, ios: 300 },
  byStore: {},
  alreadyMeet: 200,
  exposedSessions: 50,
};
const reauth: Measure = { id: "reauth", measure: "reauthenticate", rollout: { over: "10h", waves: 10 } };
const upgrade: Measure = {
  id: "android",
  measure: "upgrade",
  below: "1.1.0",
  stores: { "google-play": { available: "2014-05-26T02:00:00Z" }, "amazon-appstore": {} },
};
const upgradeCounts: MeasureCounts = {
  ...counts,
  measureId: "android",
  byStore: { "google-play": 300, "amazon-appstore": 40, website: 7 },
};
const request: PreviewRequest = {
  measures: [reauth],
  inForce: [],
  counts: [counts, upgradeCounts],
  // Half of whoever is left comes in each hour.
  profile: {
    groups: [{ people: 40_000, backByHour: Array.from({ length: 168 }, () => 20_000) }],
    atOnce: null,
  },
  basePerSecond: null,
  signInsPerSecondMax: null,
  contactsPerThousand: { signIns: 10, downloads: 2 },
  fromMs,
  nowMs: fromMs - 2 * hourMs,
  hours: 48,
};

describe("a preview", () => {
  test("says how many are concerned, where, and how many more than by what is in force", () => {
    const [measure] = previewOf(request).measures;
    expect(measure).toMatchObject({ people: 1000, newPeople: 800, byMarket: { SE: 600, GB: 400 } });
  });

  test("says the session-hours an intruder would be left, until it is in force and until the waves open", () => {
    const preview = previewOf(request);
    // 50 sessions: 2 h before, and 4.5 h on average until their wave.
    expect(preview.measures[0]?.sessionHoursLeft).toBeCloseTo(50 * 6.5, 9);
    expect(preview.warnings[0]).toContain("225 session-hours");
    const exposure: Measure = { id: "reauth", measure: "reauthenticate", because: "exposure" };
    const now = previewOf({ ...request, measures: [exposure], nowMs: fromMs });
    expect(now.measures[0]?.sessionHoursLeft).toBe(0);
    expect(now.warnings).toEqual([]);
  });

  test("says the sign-ins of each hour: by the end everybody who is new has come", () => {
    const preview = previewOf({ ...request, hours: 72 });
    const sum = preview.hours.reduce((all, hour) => all + hour.signIns, 0);
    expect(sum).toBeCloseTo(800, 3);
    // The first hour: the half of one tenth.
    expect(preview.hours[0]?.signIns).toBeCloseTo(40, 9);
    expect(preview.hours[0]?.supportContacts).toBeCloseTo(0.4, 9);
    expect(preview.hours[0]?.downloads).toBe(0);
  });

  test("says the peak with what is there anyway, and whether the budget holds", () => {
    const base = Array.from({ length: 168 }, () => 3);
    const plain = previewOf(request).signInsPerSecondPeak;
    const busy = previewOf({ ...request, basePerSecond: base, signInsPerSecondMax: 3 });
    expect(busy.signInsPerSecondPeak).toBeCloseTo(plain + 3, 9);
    expect(busy.isWithinBudget).toBe(false);
    expect(busy.warnings.at(-1)).toContain("the budget is 3");
    expect(previewOf({ ...request, signInsPerSecondMax: plain }).isWithinBudget).toBe(true);
    expect(previewOf(request).isWithinBudget).toBeNull();
  });

  test("counts downloads by store from when the store has the version, and whom it can't be asked of", () => {
    const preview = previewOf({ ...request, measures: [upgrade] });
    expect(preview.measures[0]?.cannotMeet).toBe(47);
    expect(preview.hours.slice(0, 2).map((hour) => hour.downloads)).toEqual([0, 0]);
    expect(preview.hours[2]?.downloads).toBeCloseTo(150, 9);
    expect(preview.hours.reduce((sum, hour) => sum + hour.downloads, 0)).toBeCloseTo(300, 3);
    expect(preview.warnings).toHaveLength(2);
  });

  test("says what changes against what is in force", () => {
    const old: Measure = { id: "old", measure: "refuse_client", trusted: [] };
    const { difference } = previewOf({
      ...request,
      measures: [reauth, upgrade],
      inForce: [{ ...upgrade, below: "1.0.0" }, old],
    });
    expect(difference).toEqual([
      { measureId: "reauth", change: "new" },
      { measureId: "android", change: "changed" },
      { measureId: "old", change: "lifted" },
    ]);
    expect(previewOf({ ...request, inForce: [{ ...reauth }] }).difference[0]?.change).toBe("same");
  });

  test("of a measure that nobody has counted is refused", () => {
    expect(refusal(() => previewOf({ ...request, counts: [] })).code).toBe("ERR_PROFILE");
    expect(refusal(() => previewOf({ ...request, hours: 0 })).code).toBe("ERR_PROFILE");
  });
});
