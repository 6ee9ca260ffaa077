import { describe, expect, it } from "vitest";
import { Crowd } from "../../src/traffic/crowd.ts";
import { parseTrafficRequest, type TrafficRequest } from "../../src/traffic/traffic-request.ts";
import { TrafficRun, type TrafficResult } from "../../src/traffic/traffic-run.ts";
import { accountIds, generatedPolicy, generatedTraffic } from "./generated-traffic.ts";
import { count, playByHand, type Fact } from "./traffic-oracle.ts";

const stepMs = 3_600_000;
const base = { against: null, stepMs, fromMs: null, toMs: null, shiftMs: 0, comply: true };
const seeds = [1, 2, 3, 4, 5, 6];

function play(
  log: readonly TrafficRequest[],
  options: ConstructorParameters<typeof TrafficRun>[0],
): TrafficResult {
  const run = new TrafficRun(options);
  for (const traffic of log) run.take(traffic);
  return run.result();
}

function denied(facts: readonly Fact[]): readonly Fact[] {
  return facts.filter(({ allow }) => !allow);
}

describe.each([true, false])("a simulation agrees with one by hand, people comply: %s", (comply) => {
  it.each(seeds)("seed %i", (seed) => {
    const policy = generatedPolicy(seed);
    const log = generatedTraffic(seed, 1500);
    const facts = playByHand(log, policy, comply);
    const { report } = play(log, { ...base, policy, comply });

    expect(report.total).toEqual(count(facts));
    expect(report.denied).toEqual(count(denied(facts)));
    expect(report.withoutAccount.total).toBe(facts.filter(({ account }) => account === null).length);
    for (const row of report.rules) {
      const told = facts.filter(({ directives }) => directives.some((one) => one.rule === row.rule));
      expect(row, row.rule).toMatchObject(count(told));
    }
    for (const { measure, required, ...counted } of report.measures) {
      const told = facts.filter(({ directives }) =>
        directives.some((one) => one.measure === measure && one.required === required),
      );
      expect(counted, measure).toEqual(count(told));
    }
    const told = new Map<string, Fact[]>();
    for (const fact of facts) {
      const key = JSON.stringify(
        fact.directives.map(({ measure, rule, required, ...more }) => ({
          measure,
          rule,
          required,
          ...("available" in more ? { available: false } : {}),
        })),
      );
      told.set(key, [...(told.get(key) ?? []), fact]);
    }
    expect(report.told).toHaveLength(told.size);
    for (const { directives, allow, ...counted } of report.told) {
      const same = told.get(JSON.stringify(directives)) ?? [];
      expect(counted).toEqual(count(same));
      expect(same.every((fact) => fact.allow === allow)).toBe(true);
    }
    for (const step of report.steps) {
      const within = facts.filter(({ atMs }) => atMs >= step.fromMs && atMs < step.fromMs + stepMs);
      expect(step).toEqual({
        fromMs: step.fromMs,
        requests: within.length,
        denied: denied(within).length,
        signIns: within.filter(({ signIn }) => signIn).length,
        passwordChanges: within.filter(({ passwordChange }) => passwordChange).length,
        redownloads: within.filter(({ redownload }) => redownload).length,
      });
    }
    expect(report.steps.reduce((sum, { requests }) => sum + requests, 0)).toBe(log.length);
    const signIns = facts.filter(({ signIn }) => signIn);
    expect(report.signIns?.total ?? 0).toBe(signIns.length);
    const bySecond = new Map<number, number>();
    for (const { atMs } of signIns) {
      const second = Math.floor(atMs / 1000) * 1000;
      bySecond.set(second, (bySecond.get(second) ?? 0) + 1);
    }
    if (comply) {
      expect(report.signIns?.peak?.signIns).toBe(Math.max(...bySecond.values()));
      const inWaves = signIns.filter(({ directives }) => directives.some(({ rule }) => rule === "reauth"));
      const waved = report.signIns?.waves.reduce((sum, wave) => sum + wave.signIns, 0);
      expect(waved).toBe(inWaves.length);
    }
  });
});

it("platform, store and market are those of the installation where it was first seen", () => {
  const policy = generatedPolicy(1);
  const log = generatedTraffic(9, 1500).map((traffic) => ({ ...traffic, installation: null }));
  const facts = playByHand(log, policy, true);
  const { report } = play(log, { ...base, policy });
  for (const { platform, total, denied: refused } of report.platforms) {
    const theirs = facts.filter((fact) => fact.platform === platform);
    expect(total).toEqual(count(theirs));
    expect(refused).toEqual(count(denied(theirs)));
  }
  for (const { store, total, denied: refused } of report.stores) {
    const theirs = facts.filter((fact) => fact.store === store);
    expect(total).toEqual(count(theirs));
    expect(refused).toEqual(count(denied(theirs)));
  }
  const required = facts.filter(({ directives }) =>
    directives.some(({ measure, required: must }) => measure === "upgrade" && must),
  );
  const google = report.upgrades.find(({ store }) => store === "google-play");
  expect(google?.required).toBe(count(required.filter(({ store }) => store === "google-play")).installations);
  const amazon = report.upgrades.find(({ store }) => store === "amazon-appstore");
  expect(amazon?.required).toBe(0);
  expect(amazon?.unavailable).toBeGreaterThan(0);
});

it("a person's market is what their first line says, else what the directory says", () => {
  const policy = generatedPolicy(1);
  const log = generatedTraffic(2, 800);
  const run = new TrafficRun({ ...base, policy });
  for (const traffic of log) run.take(traffic);
  run.joinMarkets({
    accountIds: [...accountIds, "stranger"],
    markets: [...accountIds.map(() => "US"), "FR"],
  });
  const home = new Map<string, string>();
  for (const { market, request } of log) {
    if (request.account !== null && market !== null && !home.has(request.account))
      home.set(request.account, market);
  }
  const facts = playByHand(log, policy, true);
  const { markets } = run.result().report;
  for (const name of ["DE", "SE", "US"]) {
    const theirs = facts.filter(({ account }) => account !== null && (home.get(account) ?? "US") === name);
    const nobodys = log.filter(({ request, market }) => request.account === null && market === name);
    const row = markets.find(({ market }) => market === name);
    expect(row?.total ?? count([])).toEqual({
      ...count(theirs),
      requests: theirs.length + nobodys.length,
    });
  }
  expect(markets.some(({ market }) => market === "FR")).toBe(false);
});

it("says what changes against the policy in force", () => {
  const policy = generatedPolicy(3);
  const against = generatedPolicy(4);
  // Few requests: with many, everybody is denied by both.
  const log = generatedTraffic(5, 90);
  const after = playByHand(log, policy, true);
  const before = playByHand(log, against, true);
  const { against: compared } = play(log, { ...base, policy, against });
  const people = (facts: readonly Fact[]) =>
    new Set(denied(facts).flatMap(({ account }) => (account === null ? [] : [account])));
  const [now, then] = [people(after), people(before)];
  expect(now.difference(then).size).not.toBe(then.difference(now).size);
  expect(Math.min(now.difference(then).size, then.difference(now).size)).toBeGreaterThan(0);
  expect(compared?.comparison.accounts).toEqual({
    newlyDenied: now.difference(then).size,
    noLongerDenied: then.difference(now).size,
    deniedByBoth: now.intersection(then).size,
  });
  expect(compared?.report.denied).toEqual(count(denied(before)));
});

describe("the window and the limits", () => {
  const policy = generatedPolicy(1);
  const log = generatedTraffic(1, 300);

  it("takes requests from `from` to `to`, exclusive, and counts the others", () => {
    const fromMs = log[50]?.atMs ?? 0;
    const toMs = log[120]?.atMs ?? 0;
    const result = play(log, { ...base, policy, fromMs, toMs });
    const within = log.filter(({ atMs }) => atMs >= fromMs && atMs < toMs);
    expect(result.report.total.requests).toBe(within.length);
    expect(result.outside).toBe(log.length - within.length);
    expect(result.firstMs).toBe(within[0]?.atMs);
    expect(result.lastMs).toBe(within.at(-1)?.atMs);
  });

  it("a shift moves the requests and leaves sign-in times", () => {
    const shiftMs = 7 * 86_400_000;
    const moved = log.map((traffic) => ({ ...traffic, atMs: traffic.atMs + shiftMs }));
    expect(play(log, { ...base, policy, shiftMs })).toEqual(play(moved, { ...base, policy }));
  });

  it("an empty window is an empty answer", () => {
    const { report, firstMs } = play(log, { ...base, policy, fromMs: 0, toMs: 1, against: policy });
    expect([firstMs, report.total.requests, report.steps]).toEqual([null, 0, []]);
  });

  it("refuses a request before the one before it", () => {
    expect(() => play(log.toReversed(), { ...base, policy })).toThrow(/before the line above/);
  });

  it("refuses more installations, steps and values than it has room for", () => {
    expect(() => play(log, { ...base, policy, installationsMax: 20 })).toThrow(/over 20 installations/);
    const [first] = log;
    if (first === undefined) throw new Error("the log is empty");
    const steps = Array.from({ length: 100_001 }, (_, index) => ({ ...first, atMs: index * 2 }));
    expect(() => play(steps, { ...base, policy, stepMs: 1 })).toThrow(/over 100000 steps/);
    const crowd = new Crowd();
    expect(() => {
      for (let i = 0; i <= 65_536; i++) {
        const traffic = parseTrafficRequest(
          JSON.stringify({ at: "2014-05-27T12:00:00Z", account: "u", client: { store: `s-${i}` } }),
        );
        crowd.placeOf(traffic);
      }
    }).toThrow(/over 65536 platforms and stores/);
  });
});

describe("a line of a traffic log", () => {
  it.each([
    ["no JSON", "{", /not JSON/],
    ["no object", "[1]", /no JSON object/],
    ["no time", "{}", /`at` is no time/],
    ["a time without zone", '{"at":"2014-05-27T12:00:00"}', /`at` is no time/],
    ["a market that is no text", '{"at":"2014-05-27T12:00:00Z","market":7}', /`market` is no text/],
    ["a request that is none", '{"at":"2014-05-27T12:00:00Z","account":7}', /`account`/],
  ])("%s is wrong input", (_, line, message) => {
    expect(() => parseTrafficRequest(line)).toThrow(message);
  });
});
