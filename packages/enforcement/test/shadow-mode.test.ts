import { expect, test } from "vitest";

import type { PointMode } from "../src/index.ts";
import { signedBundle } from "./signed-bundle.ts";
import { everybodyAgain, nowMs, request, testPoint } from "./test-point.ts";

const offline = { id: "offline", measure: "redownload", epoch: 2 };
const concerned = { request: request(), claimed: null };

async function pointIn(mode: PointMode, served = true) {
  const { server, key, point } = await testPoint();
  if (served) server.serve(signedBundle({ version: 3, rules: [everybodyAgain, offline], keys: [key] }));
  const enforced = point({ mode, beforeFirstBundle: "refuse" });
  await enforced.start();
  return enforced;
}

test("shadow mode denies nobody, gives no directive and asks for no epoch, and says what it would have decided", async () => {
  const enforced = await pointIn("enforce");
  const shadow = await pointIn("shadow");
  const decision = enforced.decide(concerned);
  expect(decision.allow).toBe(false);
  expect(shadow.decide(concerned)).toEqual({
    allow: true,
    directives: [],
    bundleVersion: 3,
    maxAgeSeconds: null,
    shadow: decision,
  });
  expect([enforced.offlineEpoch(concerned.request), shadow.offlineEpoch(concerned.request)]).toEqual([2, 0]);
});

test("shadow mode counts under names of its own; status and progress say that it is on", async () => {
  const shadow = await pointIn("shadow");
  shadow.decide(concerned);
  shadow.decide({ request: request({ authTimeMs: nowMs, offlineEpoch: 2 }), claimed: null });
  expect(shadow.status().mode).toBe("shadow");
  expect(shadow.counters.report()).toEqual({
    "bundle.adopted": 1,
    "mode.shadow": 1,
    "shadow.v3.allowed": 1,
    "shadow.v3.denied": 1,
    "shadow.v3.reauthenticate.reauth": 1,
    "shadow.v3.redownload.offline": 1,
  });
  const enforced = await pointIn("enforce");
  enforced.decide(concerned);
  expect(Object.keys(enforced.counters.report()).some((name) => name.includes("shadow"))).toBe(false);
});

test("shadow mode allows before the first bundle, too", async () => {
  const shadow = await pointIn("shadow", false);
  expect(shadow.decide(concerned)).toMatchObject({ allow: true, shadow: { allow: false } });
  expect(shadow.counters.report()).toMatchObject({ "shadow.none.denied": 1 });
});
