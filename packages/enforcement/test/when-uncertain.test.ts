import { describe, expect, test } from "vitest";

import { denialOf } from "../src/index.ts";
import type { EnforcementPointOptions, WhenUncertain } from "../src/index.ts";
import { everybodyAgain, nowMs, request, testPoint } from "./test-point.ts";
import { signedBundle } from "./signed-bundle.ts";

const upgrade = {
  id: "android",
  measure: "upgrade",
  where: { platform: "android" },
  below: "1.1.0",
  required: "2014-05-27T00:00:00Z",
  stores: { "google-play": { available: "2014-05-27T00:00:00Z" } },
};
const offline = { id: "offline", measure: "redownload", epoch: 2 };
const concerned = { request: request(), claimed: null };
const unconcerned = {
  request: request({ platform: "web", authTimeMs: nowMs, offlineEpoch: 9 }),
  claimed: null,
};

async function pointWith(rules: object[], more: Partial<EnforcementPointOptions>) {
  let clockMs = nowMs;
  const { server, key, point } = await testPoint();
  server.serve(signedBundle({ version: 1, rules, keys: [key], expiresAtMs: nowMs + 1000 }));
  const enforced = point({ nowMs: () => clockMs, ...more });
  await enforced.start();
  return {
    enforced,
    expire: () => {
      clockMs += 1000;
    },
  };
}

describe("once the bundle in force has expired and is kept serving,", () => {
  test.each<[string, WhenUncertain | undefined, string[], boolean]>([
    ["rules go on by default", undefined, ["reauthenticate", "upgrade", "redownload"], true],
    ["`apply` goes on", { default: "apply" }, ["reauthenticate", "upgrade", "redownload"], true],
    ["`allow` denies nobody", { default: "allow" }, [], true],
    [
      "a measure has a word of its own",
      { default: "apply", upgrade: "allow" },
      ["reauthenticate", "redownload"],
      true,
    ],
    ["`allow` for all but one", { default: "allow", upgrade: "apply" }, ["upgrade"], true],
    ["`refuse` lets nobody pass", { default: "refuse" }, ["reauthenticate", "upgrade", "redownload"], false],
    [
      "`refuse` of a measure that the policy has",
      { default: "allow", upgrade: "refuse" },
      ["upgrade"],
      false,
    ],
    [
      "`refuse` of a measure that it has not",
      { default: "apply", refuse_client: "refuse" },
      ["reauthenticate", "upgrade", "redownload"],
      true,
    ],
  ])("%s", async (_says, whenUncertain, measures, passes) => {
    const options = whenUncertain === undefined ? {} : { whenUncertain };
    const { enforced, expire } = await pointWith([everybodyAgain, upgrade, offline], options);
    expect(enforced.decide(unconcerned).allow).toBe(true);
    expire();
    expect(enforced.decide(concerned).directives.map(({ measure }) => measure)).toEqual(measures);
    expect(enforced.decide(unconcerned).allow).toBe(passes);
  });
});

test("whoever is refused only because the policy may not be the newest is told to come back: 503 of its own type", async () => {
  const { enforced, expire } = await pointWith([everybodyAgain], { whenUncertain: { default: "refuse" } });
  expire();
  const decision = enforced.decide(unconcerned);
  expect(denialOf(decision, 7)).toMatchObject({
    status: 503,
    headers: { "retry-after": "7" },
    body: { type: "urn:cordon:problem:policy-uncertain", directives: [] },
  });
  expect(denialOf(enforced.decide(concerned), 7).status).toBe(401);
  expect(enforced.counters.report()).toMatchObject({ "uncertain.refused": 1 });
});

test("what is allowed only because the policy may not be the newest is counted", async () => {
  const { enforced, expire } = await pointWith([everybodyAgain], { whenUncertain: { default: "allow" } });
  expect(enforced.decide(concerned).allow).toBe(false);
  expire();
  expect(enforced.decide(concerned).allow).toBe(true);
  expect(enforced.counters.report()).toMatchObject({
    "uncertain.allowed": 1,
    "v1.denied": 1,
    "v1.allowed": 1,
  });
});

test("an epoch that is allowed not to be asked for is not told either", async () => {
  const { enforced, expire } = await pointWith([offline], {
    whenUncertain: { default: "apply", redownload: "allow" },
  });
  expect(enforced.offlineEpoch(concerned.request)).toBe(2);
  expire();
  expect(enforced.offlineEpoch(concerned.request)).toBe(0);
});
