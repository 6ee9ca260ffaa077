import { mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { describe, expect, test } from "vitest";

import { EnforcementError } from "../src/index.ts";
import { newKey, signed, signedBundle, tampered } from "./signed-bundle.ts";
import { everybodyAgain, nowMs, request, testPoint, until } from "./test-point.ts";

const asked = { request: request(), claimed: null };

test("a bundle that is published comes into force at `look again`, and the version before is gone", async () => {
  const { server, key, point } = await testPoint();
  const enforced = point();
  await enforced.start();
  expect(enforced.decide(asked)).toEqual({
    allow: true,
    directives: [],
    bundleVersion: null,
    maxAgeSeconds: null,
  });

  await until(() => expect(server.listeners).toBe(1));
  server.serve(signedBundle({ version: 1, rules: [everybodyAgain], keys: [key] }));
  await until(() => expect(enforced.status().bundle?.version).toBe(1));
  expect(enforced.decide(asked)).toEqual({
    allow: false,
    directives: [{ measure: "reauthenticate", rule: "reauth", required: true }],
    bundleVersion: 1,
    maxAgeSeconds: 12 * 3600,
  });

  server.serve(signedBundle({ version: 2, keys: [key] }));
  await until(() => expect(enforced.status().bundle?.version).toBe(2));
  expect(enforced.decide(asked).allow).toBe(true);
});

test("a listed cohort concerns its members and nobody else", async () => {
  const { server, key, point } = await testPoint();
  const rules = [{ ...everybodyAgain, cohort: "suspects" }];
  server.serve(signedBundle({ version: 1, rules, cohorts: { suspects: ["ada", "bo"] }, keys: [key] }));
  const enforced = point();
  await enforced.start();
  const allowed = (account: string) =>
    enforced.decide({ request: request({ account }), claimed: null }).allow;
  expect([allowed("ada"), allowed("bo"), allowed("cy")]).toEqual([false, false, true]);
});

test("a bundle that has not changed is answered by 304 and is not opened again", async () => {
  const { server, key, point } = await testPoint();
  server.serve(signedBundle({ version: 1, keys: [key] }));
  const enforced = point({}, { pollMs: 20 });
  await enforced.start();
  await until(() => expect(server.asked.filter(({ status }) => status === 304).length).toBeGreaterThan(2));
  expect(server.asked.filter(({ status }) => status === 200)).toHaveLength(1);
  expect(enforced.counters.report()["bundle.adopted"]).toBe(1);
});

test("polling finds a new bundle when there is no event stream", async () => {
  const { server, key, point } = await testPoint();
  server.streams = false;
  server.serve(signedBundle({ version: 1, keys: [key] }));
  const enforced = point({}, { pollMs: 20 });
  await enforced.start();
  server.serve(signedBundle({ version: 2, keys: [key] }));
  await until(() => expect(enforced.status().bundle?.version).toBe(2));
});

describe("a bundle is refused, counted by name, and the last good one stays in force:", () => {
  const cases = {
    "bad-signature": () => signedBundle({ version: 9, rules: [everybodyAgain], keys: [newKey()] }),
    rollback: (key: ReturnType<typeof newKey>) =>
      signedBundle({ version: 4, rules: [everybodyAgain], keys: [key] }),
    expired: (key: ReturnType<typeof newKey>) =>
      signedBundle({ version: 9, rules: [everybodyAgain], expiresAtMs: nowMs, keys: [key] }),
    oversize: (key: ReturnType<typeof newKey>) => {
      const id = "x".repeat(100_000);
      return signedBundle({ version: 9, rules: [{ ...everybodyAgain, id }], keys: [key] });
    },
    malformed: () => Buffer.from("no bundle at all"),
  };
  test.each(Object.entries(cases))("%s", async (refusal, make) => {
    const { server, key, point, lastGoodFile } = await testPoint();
    const good = signedBundle({ version: 5, keys: [key] });
    server.serve(good);
    const enforced = point();
    await enforced.start();
    await until(() => expect(server.listeners).toBe(1));
    await until(() => expect(enforced.status().kept).toBe(true));
    server.serve(make(key));
    await until(() => expect(enforced.status().refusal).toBe(refusal));
    const times = () => enforced.counters.report()[`bundle.refused.${refusal}`];
    if (refusal === "expired") expect(times()).toBeGreaterThan(0);
    else {
      // However often it looks: it is fetched and refused once. Only a clock can set right what has expired.
      server.lookAgain();
      await until(() => expect(server.asked.at(-1)?.status).toBe(304));
      expect(times()).toBe(1);
    }
    expect(enforced.status().bundle?.version).toBe(5);
    expect(enforced.decide(asked).allow).toBe(true);
    expect(readFileSync(lastGoodFile).equals(good)).toBe(true);

    server.serve(signedBundle({ version: 10, rules: [everybodyAgain], keys: [key] }));
    await until(() => expect(enforced.status()).toMatchObject({ bundle: { version: 10 }, refusal: null }));
  });

  test("one byte changed", async () => {
    const { server, key, point } = await testPoint();
    server.serve(tampered(signedBundle({ version: 5, keys: [key] })));
    const enforced = point();
    await enforced.start();
    expect(enforced.status()).toMatchObject({ bundle: null, refusal: "bad-signature", kept: false });
  });

  test("the version in force with other contents", async () => {
    const { server, key, point } = await testPoint();
    server.serve(signedBundle({ version: 5, keys: [key] }));
    const enforced = point();
    await enforced.start();
    await until(() => expect(server.listeners).toBe(1));
    server.serve(signedBundle({ version: 5, rules: [everybodyAgain], keys: [key] }));
    await until(() => expect(enforced.status().refusal).toBe("rollback"));
    expect(enforced.decide(asked).allow).toBe(true);
  });

  test("fewer signatures than the threshold; a further signature mends it", async () => {
    const { server, key, point } = await testPoint();
    const second = newKey();
    const once = signedBundle({ version: 1, keys: [key] });
    server.serve(once);
    const enforced = point({ publicKeys: [key.publicPem, second.publicPem], threshold: 2 });
    await enforced.start();
    expect(enforced.status().refusal).toBe("bad-signature");
    await until(() => expect(server.listeners).toBe(1));
    server.serve(signed(once, second));
    await until(() => expect(enforced.status().bundle?.version).toBe(1));
  });
});

test("a bundle that only gained a signature is the one in force", async () => {
  const { server, key, point } = await testPoint();
  const bytes = signedBundle({ version: 1, keys: [key] });
  server.serve(bytes);
  const enforced = point();
  await enforced.start();
  await until(() => expect(server.listeners).toBe(1));
  const before = server.asked.length;
  server.serve(signed(bytes, newKey()));
  await until(() => expect(server.asked.length).toBeGreaterThan(before));
  server.serve(signedBundle({ version: 2, keys: [key] }));
  await until(() => expect(enforced.status()).toMatchObject({ bundle: { version: 2 }, refusal: null }));
  expect(enforced.counters.report()).not.toHaveProperty("bundle.refused.rollback");
});

describe("the last good bundle on disk", () => {
  test("is in force again after a restart while the control plane is down", async () => {
    const { server, key, point, lastGoodFile } = await testPoint();
    server.serve(signedBundle({ version: 3, rules: [everybodyAgain], keys: [key] }));
    const first = point();
    await first.start();
    await first.close();
    expect(statSync(lastGoodFile).mode & 0o777).toBe(0o600);
    await server.stop();

    const second = point();
    await second.start();
    expect(second.status()).toMatchObject({ bundle: { version: 3 }, kept: true });
    expect(second.decide(asked).allow).toBe(false);
    expect(second.counters.report()["source.failed"]).toBeGreaterThan(0);

    server.serve(signedBundle({ version: 4, keys: [key] }));
    await server.start();
    await until(() => expect(second.status().bundle?.version).toBe(4));
  });

  test("keeps the version from going down after a restart", async () => {
    const { server, key, point } = await testPoint();
    server.serve(signedBundle({ version: 3, rules: [everybodyAgain], keys: [key] }));
    const first = point();
    await first.start();
    await first.close();
    server.serve(signedBundle({ version: 2, keys: [key] }));
    const second = point();
    await second.start();
    expect(second.status()).toMatchObject({ bundle: { version: 3 }, refusal: "rollback" });
  });

  test("is verified like any other: a damaged one is refused and named", async () => {
    const { server, key, point, lastGoodFile } = await testPoint();
    server.serve(signedBundle({ version: 3, keys: [key] }));
    const first = point();
    await first.start();
    await first.close();
    await server.stop();
    writeFileSync(lastGoodFile, tampered(readFileSync(lastGoodFile)));
    const second = point({ beforeFirstBundle: "refuse" });
    await second.start();
    expect(second.status()).toMatchObject({ bundle: null, refusal: "bad-signature", kept: false });
    expect(second.decide(asked).allow).toBe(false);
  });

  test("that can't be written does not stop a recall, is counted, and is written as soon as it can be", async () => {
    const { server, key, point, lastGoodFile } = await testPoint();
    // Where the file should go there is a folder with something in it.
    mkdirSync(`${lastGoodFile}/occupied`, { recursive: true });
    const bytes = signedBundle({ version: 1, rules: [everybodyAgain], keys: [key] });
    server.serve(bytes);
    const enforced = point({}, { pollMs: 20 });
    await enforced.start();
    expect(enforced.decide(asked).allow).toBe(false);
    await until(() => expect(enforced.counters.report()["kept.failed"]).toBeGreaterThan(0));
    expect(enforced.status().kept).toBe(false);
    rmSync(lastGoodFile, { recursive: true });
    await until(() => expect(enforced.status().kept).toBe(true));
    expect(readFileSync(lastGoodFile).equals(bytes)).toBe(true);
    expect(enforced.counters.report()["bundle.adopted"]).toBe(1);
  });
});

test("a bundle without end is not read to its end", async () => {
  const { server, point } = await testPoint();
  server.endless = true;
  const enforced = point();
  await enforced.start();
  expect(enforced.status()).toMatchObject({ bundle: null, refusal: "oversize", kept: false });
  await until(() => expect(server.endlessEnded).toBe(true));
});

describe("before any bundle was ever seen", () => {
  test.each([
    ["allow", true],
    ["refuse", false],
  ] as const)("`%s` decides", async (beforeFirstBundle, allow) => {
    const { point } = await testPoint();
    const enforced = point({ beforeFirstBundle });
    await enforced.start();
    expect(enforced.decide(asked)).toEqual({
      allow,
      directives: [],
      bundleVersion: null,
      maxAgeSeconds: null,
    });
  });
});

test("a bundle that expires while it is in force goes on, or does not, by choice", async () => {
  const { server, key, point, folder } = await testPoint();
  let clockMs = nowMs;
  server.serve(signedBundle({ version: 1, rules: [everybodyAgain], expiresAtMs: nowMs + 1000, keys: [key] }));
  const on = point({ nowMs: () => clockMs });
  await on.start();
  const off = point({ nowMs: () => clockMs, keepServing: false, lastGoodFile: join(folder, "other.bundle") });
  await off.start();
  expect([on.decide(asked).allow, off.decide(asked).allow]).toEqual([false, false]);
  clockMs = nowMs + 1000;
  expect([on.decide(asked).allow, off.decide(asked).allow]).toEqual([false, true]);
  expect(on.status().bundle?.expired).toBe(true);
});

describe("where no platform can be established while a refuse_client rule is in force", () => {
  const rules = [
    { id: "trusted", measure: "refuse_client", where: { platform: "android" }, trusted: ["google-play"] },
    everybodyAgain,
  ];
  const nobody = { request: request({ platform: null, store: "google-play" }), claimed: null };

  test("enforcement refuses", async () => {
    const { server, key, point } = await testPoint();
    server.serve(signedBundle({ version: 1, rules, keys: [key] }));
    const enforced = point();
    await enforced.start();
    const { allow, directives } = enforced.decide(nobody);
    expect(allow).toBe(false);
    expect(directives.map(({ measure, rule }) => [measure, rule])).toEqual([
      ["refuse_client", "trusted"],
      ["reauthenticate", "reauth"],
    ]);
    expect(enforced.decide({ ...nobody, claimed: { platform: "ios" } }).directives[0]?.measure).toBe(
      "refuse_client",
    );
  });

  test("by configuration it allows and counts", async () => {
    const { server, key, point } = await testPoint();
    server.serve(signedBundle({ version: 1, rules, keys: [key] }));
    const enforced = point({ withoutPlatform: "allow" });
    await enforced.start();
    expect(enforced.decide(nobody).directives.map(({ measure }) => measure)).toEqual(["reauthenticate"]);
    expect(enforced.counters.report()["platform.unknown"]).toBe(1);
  });

  test("without such a rule it does not matter", async () => {
    const { server, key, point } = await testPoint();
    server.serve(signedBundle({ version: 1, keys: [key] }));
    const enforced = point();
    await enforced.start();
    expect(enforced.decide(nobody).allow).toBe(true);
  });
});

test("decisions are counted by version, measure and rule, and say nothing of whom", async () => {
  const { server, key, point } = await testPoint();
  server.serve(signedBundle({ version: 7, rules: [everybodyAgain], keys: [key] }));
  const enforced = point();
  await enforced.start();
  enforced.decide(asked);
  enforced.decide({ request: request({ authTimeMs: nowMs }), claimed: null });
  const report = enforced.counters.report();
  expect(report).toEqual({
    "bundle.adopted": 1,
    "v7.allowed": 1,
    "v7.denied": 1,
    "v7.reauthenticate.reauth": 1,
  });
  expect(JSON.stringify(report)).not.toContain("ada");
});

test("the epoch that a policy asks for is known also to an installation that has it", async () => {
  const { server, key, point } = await testPoint();
  const rules = [
    { id: "o2", measure: "redownload", where: { platform: "android" }, epoch: 2 },
    { id: "o3", measure: "redownload", where: { platform: "android" }, epoch: 3, from: "1.1.0" },
  ];
  server.serve(signedBundle({ version: 1, rules, keys: [key] }));
  const enforced = point();
  await enforced.start();
  expect(enforced.offlineEpoch(request({ offlineEpoch: 9 }))).toBe(2);
  expect(enforced.offlineEpoch(request({ version: "1.1.0" }))).toBe(3);
  expect(enforced.offlineEpoch(request({ platform: "ios" }))).toBe(0);
});

test("a key that is none, and a threshold that can't be met, are told at once", async () => {
  const { key, point } = await testPoint();
  expect(() => point({ publicKeys: ["no key"] })).toThrow(EnforcementError);
  expect(() => point({ publicKeys: [key.publicPem], threshold: 2 })).toThrow("a threshold of 2");
  const privatePem = key.privateKey.export({ type: "pkcs8", format: "pem" }).toString();
  expect(() => point({ publicKeys: [privatePem] })).toThrow(EnforcementError);
});
