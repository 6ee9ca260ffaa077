import { parsePolicy } from "@cordon/gate";
import type { JsonObject } from "@cordon/model";
import { describe, expect, it } from "vitest";
import { certainLockOuts, lockOutsByTokens, type LockOut, type TokenSample } from "../../src/doctor/index.ts";
import { good, samplesOf, signedInAt } from "./samples.ts";

const rule = (more: object): object => ({
  id: "r",
  measure: "reauthenticate",
  cutoff: "2014-05-27T12:00:00Z",
  ...more,
});

function shown(rules: readonly object[], samples: readonly TokenSample[]): readonly LockOut[] {
  const policy = parsePolicy({ version: 1, rules });
  return lockOutsByTokens(policy, samples, { names: {}, clients: new Map() });
}

const without = good({ auth_time: null });

describe("a rule that a fresh sign-in does not satisfy", () => {
  it("auth_time in no token: everybody, unless missing is ignored", () => {
    expect(shown([rule({})], samplesOf(without))).toMatchObject([{ index: 0, rule: "r", everybody: true }]);
    expect(shown([rule({ onMissing: "ignore" })], samplesOf(without))).toEqual([]);
    expect(shown([rule({})], samplesOf(good()))).toEqual([]);
  });

  it("auth_time that a gate cannot read is as none", () => {
    for (const value of [signedInAt * 1000, "today", true]) {
      expect(shown([rule({})], samplesOf(good({ auth_time: value })))).toMatchObject([{ everybody: true }]);
    }
  });

  it("auth_time missing in some: some", () => {
    expect(shown([rule({})], samplesOf(good(), without))).toMatchObject([{ everybody: false }]);
  });

  it("only those whom the rule is for are looked at", () => {
    const samples = samplesOf(good(), good({ platform: "tv", auth_time: null }));
    expect(shown([rule({ where: { platform: "android" } })], samples)).toEqual([]);
    expect(shown([rule({ where: { platform: "tv" } })], samples)).toMatchObject([{ everybody: true }]);
    expect(shown([rule({ where: { store: "app-store" } })], samples)).toEqual([]);
  });

  it("tokens of machines are none of fresh sign-ins", () => {
    const machine: JsonObject = { sub: "m", client_id: "m", iat: signedInAt };
    expect(shown([rule({})], samplesOf(good(), machine))).toEqual([]);
  });

  it("auth_time that no sign-in renews: everybody; that some do not: some", () => {
    const first = { claims: good() };
    const same = { claims: good({ iat: signedInAt + 9000 }), signIn: true };
    const newer = {
      claims: good({ iat: signedInAt + 19_000, auth_time: signedInAt + 19_000 }),
      signIn: true,
    };
    expect(shown([rule({})], samplesOf(first, same))).toMatchObject([{ everybody: true }]);
    expect(shown([rule({})], samplesOf(first, same, newer))).toMatchObject([{ everybody: false }]);
    expect(shown([rule({})], samplesOf(first, newer))).toEqual([]);
  });

  it("a key that still signs: everybody; that did: nobody", () => {
    const byKey = [rule({ cutoff: undefined, keys: ["old"] })];
    const old = { claims: good({ iat: signedInAt }), kid: "old" };
    const next = { claims: good({ iat: signedInAt + 4000 }), kid: "new" };
    expect(shown(byKey, samplesOf(old))).toMatchObject([{ everybody: true }]);
    expect(shown(byKey, samplesOf(old, next))).toEqual([]);
    // Both sign within the newest quarter of an hour.
    const both = { claims: good({ iat: signedInAt + 3900 }), kid: "old" };
    expect(shown(byKey, samplesOf(old, next, both))).toMatchObject([{ everybody: false }]);
    // Tokens without a key id are by no key that the rule names.
    expect(shown(byKey, samplesOf(good()))).toEqual([]);
  });

  it("a password's time that tokens lack is never certain: the service may know it", () => {
    const change = [rule({ measure: "change_password" })];
    const samples = samplesOf(good({ password_changed_at: null }));
    expect(shown(change, samples)).toMatchObject([{ everybody: false }]);
    expect(shown(change, samplesOf(good()))).toEqual([]);
  });
});

describe("a lock-out that the policy alone makes certain", () => {
  const refuse = (id: string, more: object): object => ({ id, measure: "refuse_client", ...more });
  const certain = (...rules: readonly object[]) => certainLockOuts(parsePolicy({ version: 1, rules }));

  it("no store trusted on any platform, by one rule or by several together", () => {
    expect(certain(refuse("a", { trusted: [] }))).toMatchObject([{ rule: "a", everybody: true }]);
    expect(certain(refuse("a", { trusted: [], cohort: "everyone" }))).toHaveLength(1);
    expect(
      certain(refuse("a", { trusted: ["website"] }), refuse("b", { trusted: ["google-play"] })),
    ).toMatchObject([{ index: 1, rule: "b" }]);
  });

  it("nothing else is certain", () => {
    expect(certain(refuse("a", { trusted: [], where: { platform: "android" } }))).toEqual([]);
    expect(certain(refuse("a", { trusted: [], where: { store: "unknown" } }))).toEqual([]);
    expect(certain(refuse("a", { trusted: ["website"] }))).toEqual([]);
    expect(certain(rule({ cutoff: "2099-01-01T00:00:00Z" }))).toEqual([]);
    expect(certain(rule({ cutoff: undefined, keys: ["k"] }))).toEqual([]);
  });
});
