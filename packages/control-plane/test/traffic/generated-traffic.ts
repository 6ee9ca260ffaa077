import { compilePolicy, parsePolicy, parseRequest, type CohortSet } from "@cordon/gate";
import { SeededRandom } from "@cordon/testkit";
import type { TrafficRequest } from "../../src/traffic/traffic-request.ts";
import type { SimulatedPolicy } from "../../src/traffic/traffic-simulation.ts";

const startMs = Date.UTC(2014, 4, 27, 10);
const hourMs = 3_600_000;

export const accountIds = Array.from({ length: 60 }, (_, index) => `u-${index}`);
const platforms = ["android", "ios", "web", null] as const;
const stores = ["google-play", "amazon-appstore", "app-store", "website", undefined] as const;
const times = ["2014-05-01T00:00:00Z", "2014-05-27T12:30:00Z", "2014-05-28T01:00:00Z", null] as const;

function setOf(members: readonly string[]): CohortSet {
  const all = new Set(members);
  return { members: all.size, has: (account) => account !== null && all.has(account) };
}

/** Policies of all five measures over the same two days as the traffic. */
export function generatedPolicy(seed: number): SimulatedPolicy {
  const random = new SeededRandom(seed);
  const rollout = { from: "2014-05-27T11:00:00Z", over: "20h", waves: random.whole(1, 9) };
  const value = {
    version: 7,
    rules: [
      { id: "reauth", measure: "reauthenticate", cohort: "listed", cutoff: "2014-05-27T12:00:00Z", rollout },
      { id: "again", measure: "reauthenticate", where: { platform: "web" }, cutoff: "2014-05-28T00:00:00Z" },
      ...(random.chance(0.5) ? [{ id: "stolen", measure: "reauthenticate", keys: ["k-1"] }] : []),
      { id: "newpw", measure: "change_password", cohort: "few", cutoff: "2014-05-27T12:00:00Z" },
      {
        id: "android",
        measure: "upgrade",
        where: { platform: "android" },
        below: "1.1.0",
        required: "2014-05-27T20:00:00Z",
        stores: {
          "google-play": { available: "2014-05-27T15:00:00Z", link: "https://store.example/a" },
          "amazon-appstore": {},
        },
      },
      { id: "offline", measure: "redownload", epoch: 2, rollout: { ...rollout, waves: 3 } },
      {
        id: "trusted",
        measure: "refuse_client",
        where: { platform: "android" },
        trusted: ["google-play", "amazon-appstore"],
      },
    ],
  };
  const listed = accountIds.filter(() => random.chance(0.5));
  const sets = new Map([
    ["listed", setOf(listed)],
    ["few", setOf(accountIds.filter(() => random.chance(0.2)))],
  ]);
  const policy = parsePolicy(value, sets.keys());
  return { policy, compiled: compilePolicy(policy, sets) };
}

/** Requests of two days in the order of time, by few people so that each comes again and again. */
export function generatedTraffic(seed: number, requests: number): readonly TrafficRequest[] {
  const random = new SeededRandom(seed);
  const arrivals = Array.from({ length: requests }, () => startMs + random.whole(0, 48 * hourMs)).sort(
    (a, b) => a - b,
  );
  return arrivals.map((atMs) => {
    const request = parseRequest({
      account: random.chance(0.05) ? null : random.pick(accountIds),
      authTime: random.pick(times),
      passwordSetAt: random.pick(times),
      keyId: random.pick(["k-1", "k-2", null]),
      offlineEpoch: random.whole(0, 2),
      client: {
        platform: random.pick(platforms),
        store: random.pick(stores),
        version: random.pick(["1.0.9", "1.1.0", null]),
      },
    });
    return {
      atMs,
      market: random.chance(0.2) ? random.pick(["DE", "SE"]) : null,
      installation: random.chance(0.3) ? random.pick(["one", "two"]) : null,
      request,
    };
  });
}
