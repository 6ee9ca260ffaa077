import { expect, test } from "vitest";

import { ProgressReport } from "../src/index.ts";
import { bundleToken } from "./bundle-server.ts";
import { signedBundle } from "./signed-bundle.ts";
import { everybodyAgain, request, testPoint, until } from "./test-point.ts";

test("what was decided is reported now and then, and the rest at the end", async () => {
  const { server, key, point, url } = await testPoint();
  server.serve(signedBundle({ version: 7, rules: [everybodyAgain], keys: [key] }));
  const enforced = point();
  await enforced.start();
  const report = new ProgressReport({
    point: enforced,
    name: "one",
    url,
    token: bundleToken,
    everyMs: 10,
    timeoutMs: 30_000,
  });
  await until(() => expect(server.reports).toHaveLength(1));
  enforced.decide({ request: request(), claimed: null });
  await report.close();
  expect(server.reports.at(-1)).toMatchObject({
    point: "one",
    bundleVersion: 7,
    counters: { "bundle.adopted": 1, "v7.allowed": 0, "v7.denied": 1, "v7.reauthenticate.reauth": 1 },
    met: { rules: [{ rule: "reauth", accounts: 0 }] },
  });
});

test("a control plane that is down is counted and does not matter", async () => {
  const { server, point, url } = await testPoint();
  const enforced = point();
  await enforced.start();
  await server.stop();
  const report = new ProgressReport({
    point: enforced,
    name: "one",
    url,
    token: bundleToken,
    everyMs: 60_000,
    timeoutMs: 30_000,
  });
  enforced.decide({ request: request(), claimed: null });
  await report.close();
  expect(enforced.counters.report()["progress.failed"]).toBe(1);
});
