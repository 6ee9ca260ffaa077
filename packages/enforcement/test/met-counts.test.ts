import { waveOf } from "@cordon/gate";
import { describe, expect, test } from "vitest";

import { AccountMarks } from "../src/account-marks.ts";
import { ProgressReport } from "../src/index.ts";
import { bundleToken } from "./bundle-server.ts";
import { signedBundle } from "./signed-bundle.ts";
import { everybodyAgain, nowMs, request, testPoint, until } from "./test-point.ts";

const cutoff = "2014-05-27T12:00:00Z";
const rules = [
  everybodyAgain,
  { id: "newpw", measure: "change_password", cohort: "everyone", cutoff },
  { id: "android", measure: "upgrade", where: { platform: "android" }, below: "1.1.0" },
  { id: "offline", measure: "redownload", cohort: "everyone", epoch: 2 },
];
const done = { authTimeMs: nowMs, passwordSetAtMs: nowMs, version: "1.1.0", offlineEpoch: 2 };

async function pointWith(policyRules: readonly object[], mode: "enforce" | "shadow" = "enforce") {
  const { server, key, point, url } = await testPoint();
  server.serve(signedBundle({ version: 1, rules: policyRules, keys: [key] }));
  const enforced = point({ mode });
  await enforced.start();
  const decide = (account: string | null, more: object = {}, market?: string) =>
    enforced.decide({
      request: request({ account, ...more }),
      claimed: null,
      ...(market === undefined ? {} : { market }),
    });
  const of = (rule: string) => enforced.metReport().rules.find((one) => one.rule === rule);
  return { enforced, decide, of, server, key, url };
}

describe("how many have met a measure, counted at the point by wave, market and store", () => {
  test("every measure is met by what it asks, each account once, and by nobody who still owes it", async () => {
    const { decide, of } = await pointWith(rules);
    for (const account of ["ada", "bob", "cai"]) decide(account);
    for (const { id } of rules) expect(of(id)).toMatchObject({ accounts: 0, markets: {}, stores: {} });
    for (let times = 0; times < 3; times++) decide("ada", done, "SE");
    decide("bob", { ...done, store: "amazon-appstore" }, "US");
    decide("cai", done);
    decide(null, done, "SE");
    for (const { id, measure } of rules) {
      expect(of(id)).toEqual({
        rule: id,
        measure,
        accounts: 3,
        isWhole: true,
        waves: null,
        markets: { SE: 1, US: 1, unknown: 1 },
        stores: { "google-play": 2, "amazon-appstore": 1 },
      });
    }
  });

  test("one measure alone is met where only that was done, and a client that a rule is not for does not count", async () => {
    const { decide, of } = await pointWith(rules);
    decide("ada", { passwordSetAtMs: nowMs });
    decide("bob", { ...done, platform: "ios" });
    expect(rules.map(({ id }) => of(id)?.accounts)).toEqual([1, 2, 0, 1]);
  });

  test("a time or version that nobody knows meets nothing", async () => {
    const { decide, of } = await pointWith(rules);
    decide("ada", { authTimeMs: null, passwordSetAtMs: null, version: null, offlineEpoch: 0 });
    for (const { id } of rules) expect(of(id)?.accounts).toBe(0);
  });

  test("with waves, accounts of open waves count in their own wave, and those of closed ones not yet", async () => {
    const waves = 4;
    const rollout = { from: "2014-05-27T12:00:00Z", over: "24h", waves };
    const { decide, of } = await pointWith([{ ...everybodyAgain, rollout }]);
    const accounts = Array.from({ length: 200 }, (_, n) => `u-${n}`);
    for (const account of accounts) decide(account, done);
    // Twelve of 24 hours are over: waves 0, 1 and 2 are open.
    const expected = [0, 1, 2, 3].map((wave) =>
      wave === 3 ? 0 : accounts.filter((account) => waveOf("reauth", account, waves) === wave).length,
    );
    expect(of("reauth")?.waves).toEqual(expected);
    expect(of("reauth")?.accounts).toBe(expected.reduce((sum, one) => sum + one, 0));
  });

  test("a newer bundle goes on counting a rule that asks for the same, and begins anew with one that asks for more", async () => {
    const { decide, of, enforced, server, key } = await pointWith(rules);
    decide("ada", done);
    const later = { ...everybodyAgain, cutoff: "2014-05-27T18:00:00Z" };
    server.serve(signedBundle({ version: 2, rules: [rules[1] ?? {}, later], keys: [key] }));
    await until(() => expect(enforced.status().bundle?.version).toBe(2));
    decide("bob", { ...done, authTimeMs: Date.parse("2014-05-27T13:00:00Z") });
    expect(of("newpw")?.accounts).toBe(2);
    expect(of("reauth")?.accounts).toBe(0);
    decide("ada", done);
    expect([of("newpw")?.accounts, of("reauth")?.accounts]).toEqual([2, 1]);
  });

  test("nobody is asked in shadow mode, so nobody meets anything", async () => {
    const { decide, enforced } = await pointWith(rules, "shadow");
    decide("ada", done);
    expect(enforced.metReport().rules).toEqual([]);
  });

  test("no account, nor a digest of one, leaves the point", async () => {
    const { decide, enforced, server, url } = await pointWith(rules);
    decide("ada-lovelace", done, "SE");
    const report = new ProgressReport({
      point: enforced,
      name: "one",
      url,
      token: bundleToken,
      everyMs: 60_000,
      timeoutMs: 30_000,
    });
    await report.close();
    const told = server.reports.at(-1);
    expect(told).toMatchObject({ met: { startedAt: "2014-05-28T00:00:00.000Z" } });
    const text = JSON.stringify(told);
    expect(text).not.toContain("ada-lovelace");
    expect(text).not.toMatch(/[0-9a-f]{16}/);
  });

  test("what has no room is said to be missing, not guessed", () => {
    const marks = new AccountMarks(2000, 7);
    const added = Array.from({ length: 2500 }, (_, n) => marks.add(`u-${n}`, 1));
    expect(added.filter(Boolean)).toHaveLength(2000);
    expect(marks.add("u-0", 2)).toBe(true);
    expect([marks.of("u-0"), marks.of("u-1"), marks.of("u-2400")]).toEqual([3, 1, 0]);
    marks.clear(1);
    expect([marks.of("u-0"), marks.of("u-1")]).toEqual([2, 0]);
    expect(marks.add("u-2400", 4)).toBe(true);
  });
});
