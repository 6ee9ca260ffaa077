import { describe, expect, it } from "vitest";
import { explain, parseRequest } from "../src/index.ts";
import { generatePolicy, generateRequest, nearMs, Random } from "@cordon/testkit";
import { oracle, type PlainRequest, type PlainRule } from "@cordon/testkit";
import { compiled, explained } from "./written-policy.ts";

const cutoff = "2014-05-27T12:00:00Z";
const reauthenticate: PlainRule = { id: "r", measure: "reauthenticate", cutoff };
const upgrade: PlainRule = { id: "u", measure: "upgrade", below: "1.1.0" };
const redownload: PlainRule = { id: "d", measure: "redownload", epoch: 2 };
const rollout = { from: "2014-06-01T00:00:00Z", over: "10d", waves: 10 };
const hex = "ab".repeat(32);

describe("explain", () => {
  it("says of every rule whether it applies and which one decides, as the decision has it", () => {
    const random = new Random(99);
    const seen = new Map<string, number>();
    for (let run = 0; run < 3000; run++) {
      const { rules, members, accounts } = generatePolicy(random);
      const policy = compiled(rules, { cohorts: members });
      for (let i = 0; i < 5; i++) {
        const plain = generateRequest(random, accounts, random.chance(50));
        const nowMs = nearMs(random);
        const { decision, rules: told } = explain(policy, parseRequest(plain), nowMs);
        expect(told.map(({ rule }) => rule)).toEqual(rules.map(({ id }) => id));
        const decides = told.flatMap((one) => (one.decides === true ? [one.rule] : []));
        expect(decides.toSorted()).toEqual(decision.directives.map(({ rule }) => rule).toSorted());
        for (const [index, one] of told.entries()) {
          const rule = rules[index];
          if (rule === undefined) throw new Error("a rule that is none");
          // Alone, a rule decides exactly when it applies.
          const alone = oracle([rule], members, plain, nowMs) as { readonly directives: readonly unknown[] };
          const where = JSON.stringify({ rule, plain, nowMs, one });
          expect(one.applies, where).toBe(alone.directives.length === 1);
          expect(one.decides === undefined, where).toBe(!one.applies);
          seen.set(one.because, (seen.get(one.because) ?? 0) + 1);
        }
      }
    }
    // Every reason was met.
    expect([...seen.keys()].toSorted()).toEqual(
      [
        [
          "store-not-trusted",
          "signer-not-listed",
          "verdict-not-accepted",
          "time-before-cutoff",
          "time-missing",
        ],
        ["key-listed", "version-below", "code-below", "build-below", "epoch-lower"],
        ["no-platform", "other-platform", "other-store", "no-account", "not-in-cohort", "client-trusted"],
        [
          "key-not-listed",
          "cutoff-ahead",
          "missing-time-ignored",
          "time-not-before-cutoff",
          "version-not-below",
        ],
        ["epoch-reached", "version-below-from", "rollout-ahead", "wave-closed"],
      ]
        .flat()
        .toSorted(),
    );
  });

  const cases: readonly (readonly [string, PlainRule, PlainRequest, string?])[] = [
    ["no-platform", { ...reauthenticate, where: { platform: "web" } }, {}],
    ["other-platform", { ...reauthenticate, where: { platform: "web" } }, { client: { platform: "ios" } }],
    ["other-store", { ...reauthenticate, where: { store: "website" } }, {}],
    ["no-account", { ...reauthenticate, cohort: "listed" }, {}],
    ["not-in-cohort", { ...reauthenticate, cohort: "listed" }, { account: "u-2" }],
    ["client-trusted", { id: "c", measure: "refuse_client", trusted: ["unknown"] }, {}],
    ["key-not-listed", { id: "k", measure: "reauthenticate", keys: ["k1"] }, { keyId: "k2" }],
    ["cutoff-ahead", reauthenticate, {}, "2014-05-27T11:00:00Z"],
    ["missing-time-ignored", { ...reauthenticate, onMissing: "ignore" }, {}],
    ["time-not-before-cutoff", reauthenticate, { authTime: cutoff }],
    ["version-not-below", upgrade, { client: { version: "1.1" } }],
    ["epoch-reached", redownload, { offlineEpoch: 2 }],
    ["version-below-from", { ...redownload, from: "1" }, {}],
    ["rollout-ahead", { ...redownload, rollout }, { account: "u-1" }, "2014-05-31T00:00:00Z"],
    ["wave-closed", { ...redownload, rollout }, { account: "u-2" }, "2014-06-01T00:00:00Z"],
    ["time-before-cutoff", reauthenticate, { authTime: "2014-01-01T00:00:00Z" }],
    ["time-missing", reauthenticate, {}],
    ["key-listed", { id: "k", measure: "reauthenticate", keys: ["k1"] }, { keyId: "k1" }],
    ["version-below", upgrade, {}],
    ["code-below", { ...upgrade, belowCode: 7 }, { client: { version: "2", versionCode: 6 } }],
    ["build-below", { ...upgrade, belowBuild: "7" }, { client: { version: "2", build: "6.9" } }],
    ["epoch-lower", redownload, {}],
    ["store-not-trusted", { id: "c", measure: "refuse_client", trusted: [] }, {}],
    [
      "signer-not-listed",
      { id: "c", measure: "refuse_client", trusted: ["website"], signers: { website: [hex] } },
      { client: { store: "website", signers: [hex.replaceAll("a", "c")] } },
    ],
    [
      "verdict-not-accepted",
      {
        id: "c",
        measure: "refuse_client",
        trusted: ["website"],
        integrity: { website: { appLicensingVerdict: "LICENSED" } },
      },
      { client: { store: "website", integrity: { appLicensingVerdict: "UNLICENSED" } } },
    ],
  ];
  it.each(cases.map((one) => [one[0], one] as const))(
    "knows the reason %s",
    (because, [, rule, request, now]) => {
      const circumstances = { cohorts: { listed: ["u-1"] }, ...(now === undefined ? {} : { now }) };
      expect(explained([rule], request, circumstances)[0]?.because).toBe(because);
    },
  );

  it("names the first reason: whom the rule is for, what it asks, when", () => {
    const rule: PlainRule = {
      ...redownload,
      cohort: "listed",
      where: { platform: "web", store: "website" },
      rollout,
    };
    const circumstances = { cohorts: { listed: ["u-1"] }, now: "2014-05-01T00:00:00Z" };
    const because = (request: PlainRequest): string | undefined =>
      explained([rule], request, circumstances)[0]?.because;
    expect(because({ offlineEpoch: 2 })).toBe("no-platform");
    expect(because({ offlineEpoch: 2, client: { platform: "ios" } })).toBe("other-platform");
    const client = { platform: "web", store: "website" };
    expect(because({ offlineEpoch: 2, client: { platform: "web" } })).toBe("other-store");
    expect(because({ offlineEpoch: 2, client })).toBe("no-account");
    expect(because({ offlineEpoch: 2, client, account: "u-2" })).toBe("not-in-cohort");
    expect(because({ offlineEpoch: 2, client, account: "u-1" })).toBe("epoch-reached");
    expect(because({ offlineEpoch: 1, client, account: "u-1" })).toBe("rollout-ahead");
  });

  it("says which rule decided and which ones it outranks", () => {
    const later = { ...reauthenticate, id: "later", cutoff: "2014-06-01T00:00:00Z" };
    expect(explained([reauthenticate, later], {})).toEqual([
      { rule: "r", measure: "reauthenticate", applies: true, because: "time-missing", decides: false },
      { rule: "later", measure: "reauthenticate", applies: true, because: "time-missing", decides: true },
    ]);
  });
});
