import { describe, expect, it } from "vitest";
import { GateError, parseDuration, parseInstant, parsePolicy, parseRequest, waveOf } from "../src/index.ts";
import type { PlainRequest, PlainRule } from "@cordon/testkit";
import { decided, deciding, directives } from "./written-policy.ts";

// Every sentence of contracts 4 that concerns the gate, in its words.

const cutoff = "2014-05-27T12:00:00Z";
const before = "2014-05-27T11:59:59.999Z";
const reauthenticate: PlainRule = { id: "r", measure: "reauthenticate", cutoff };
const changePassword: PlainRule = { id: "p", measure: "change_password", cutoff };
const upgrade: PlainRule = { id: "u", measure: "upgrade", below: "1.1.0" };
const redownload: PlainRule = { id: "d", measure: "redownload", epoch: 2 };
const refuse: PlainRule = { id: "c", measure: "refuse_client", trusted: ["google-play", "website"] };
const play = { available: "2014-05-27T10:00:00Z", link: "https://play.example" };

const onPlay = (version: string, more: object = {}): PlainRequest => ({
  client: { platform: "android", store: "google-play", version, ...more },
});

function refused(policy: unknown): GateError {
  try {
    parsePolicy(policy, ["listed"]);
  } catch (error) {
    if (error instanceof GateError) return error;
    throw error;
  }
  throw new Error("it was read");
}

const wrong = (rule: object): GateError => refused({ version: 1, rules: [rule] });

describe("the policy and the request of the contract", () => {
  it("come to the decision of the contract", () => {
    const from = { from: cutoff, over: "72h", waves: 24 };
    const rules: PlainRule[] = [
      { id: "reauth", measure: "reauthenticate", cohort: "suspects", cutoff, rollout: from },
      { id: "newpw", measure: "change_password", cohort: "touched", cutoff },
      {
        id: "android",
        measure: "upgrade",
        where: { platform: "android" },
        below: "1.1.0",
        required: "2014-06-03T00:00:00Z",
        stores: {
          "google-play": { available: "2014-05-27T10:00:00Z", link: "https://…" },
          "amazon-appstore": { link: "https://…" },
        },
      },
      { id: "offline", measure: "redownload", where: { platform: "android" }, epoch: 2 },
      {
        id: "trusted",
        measure: "refuse_client",
        where: { platform: "android" },
        trusted: ["google-play", "amazon-appstore", "website"],
      },
    ];
    const request = {
      account: "u-1",
      authTime: "2014-05-20T08:00:00Z",
      passwordSetAt: "2013-01-01T00:00:00Z",
      client: { platform: "android", store: "google-play", version: "1.0.9" },
      offlineEpoch: 1,
    };
    const circumstances = {
      now: "2014-06-01T00:00:00Z",
      cohorts: { suspects: ["u-1"], touched: ["u-3141"] },
    };
    expect(JSON.stringify(decided(rules, request, circumstances))).toBe(
      '{"allow":false,"directives":[{"measure":"reauthenticate","rule":"reauth","required":true},{"measure":"upgrade","rule":"android","required":false,"link":"https://…"},{"measure":"redownload","rule":"offline","required":true}]}',
    );
  });
});

describe("who a rule is for", () => {
  const listed = { cohorts: { listed: ["u-1"] } };

  it("any rule may have cohort and where; both must match", () => {
    const where = { platform: "android" };
    for (const rule of [reauthenticate, changePassword, upgrade, redownload, refuse]) {
      const both = { ...rule, cohort: "listed", where };
      const client = { platform: "android" };
      expect(deciding([both], { account: "u-1", client }, listed)).toEqual([rule.id]);
      expect(deciding([both], { account: "u-2", client }, listed)).toEqual([]);
      expect(deciding([both], { account: "u-1", client: { platform: "ios" } }, listed)).toEqual([]);
    }
  });

  it("with neither it is for everybody", () => {
    for (const rule of [reauthenticate, changePassword, upgrade, redownload, refuse]) {
      expect(deciding([rule], {})).toEqual([rule.id]);
      expect(deciding([rule], { account: "u-9" })).toEqual([rule.id]);
    }
  });

  it("where takes platform and store, each a value or a list", () => {
    const client = { platform: "ios", store: "app-store" };
    for (const platform of ["ios", ["android", "ios"]]) {
      for (const store of ["app-store", ["website", "app-store"]]) {
        const rule = { ...reauthenticate, where: { platform, store } };
        expect(deciding([rule], { client })).toEqual(["r"]);
        expect(deciding([rule], { client: { ...client, platform: "web" } })).toEqual([]);
        expect(deciding([rule], { client: { ...client, store: "bazaar" } })).toEqual([]);
      }
    }
    expect(deciding([{ ...reauthenticate, where: { platform: [] } }], { client })).toEqual([]);
    expect(wrong({ ...reauthenticate, where: { version: "1" } }).path).toEqual([
      "rules",
      0,
      "where",
      "version",
    ]);
  });

  it("everyone holds every account; a request without account is in no cohort", () => {
    const everyone = { ...reauthenticate, cohort: "everyone" };
    expect(deciding([everyone], { account: "u-7" })).toEqual(["r"]);
    expect(deciding([everyone], { account: "" })).toEqual(["r"]);
    expect(deciding([everyone], {})).toEqual([]);
    expect(deciding([everyone], { account: null })).toEqual([]);
    expect(deciding([{ ...reauthenticate, cohort: "listed" }], {}, { cohorts: { listed: [""] } })).toEqual(
      [],
    );
  });
});

describe("when it applies", () => {
  it("reauthenticate: authTime before the cutoff", () => {
    expect(deciding([reauthenticate], { authTime: before })).toEqual(["r"]);
    expect(deciding([reauthenticate], { authTime: cutoff })).toEqual([]);
    expect(deciding([reauthenticate], { authTime: "2014-05-28T00:00:00Z", passwordSetAt: before })).toEqual(
      [],
    );
  });

  it("change_password: passwordSetAt before the cutoff", () => {
    expect(deciding([changePassword], { passwordSetAt: before })).toEqual(["p"]);
    expect(deciding([changePassword], { passwordSetAt: cutoff })).toEqual([]);
    expect(deciding([changePassword], { passwordSetAt: cutoff, authTime: before })).toEqual([]);
  });

  it("before is before in any year, to the millisecond", () => {
    const years = ["0000", "0001", "1969", "1970", "1999", "2037", "2038", "2105", "2106", "2107", "9999"];
    const times = years.flatMap((year) =>
      ["01-01T00:00:00Z", "01-01T00:00:00.001Z", "12-31T23:59:59.998Z", "12-31T23:59:59.999Z"].map(
        (rest) => `${year}-${rest}`,
      ),
    );
    // One at each edge of what 32 bits of seconds hold.
    times.push("2106-02-07T06:28:15.500Z", "2106-02-07T06:28:14.500Z", "2106-02-07T06:28:16.500Z");
    const now = "9999-12-31T23:59:59.999Z";
    for (const at of times) {
      const rules = [reauthenticate, changePassword].map((rule) => ({ ...rule, cutoff: at }));
      for (const time of times) {
        const expected = Date.parse(time) < Date.parse(at) ? ["r", "p"] : [];
        expect(deciding(rules, { authTime: time, passwordSetAt: time }, { now })).toEqual(expected);
        const byKey = { authTime: null, apiKeyCreatedAt: time, passwordSetAt: time };
        expect(deciding(rules, byKey, { now })).toEqual(expected);
      }
    }
  });

  it("a missing or null time is older than any cutoff", () => {
    expect(deciding([reauthenticate, changePassword], {})).toEqual(["r", "p"]);
    expect(deciding([reauthenticate, changePassword], { authTime: null, passwordSetAt: null })).toEqual([
      "r",
      "p",
    ]);
    const oldest = { ...reauthenticate, cutoff: "0000-01-01T00:00:00Z" };
    expect(deciding([oldest], {})).toEqual(["r"]);
    expect(deciding([oldest], { authTime: "0000-01-01T00:00:00Z" })).toEqual([]);
  });

  it("onMissing: ignore on the rule: the rule then does not apply", () => {
    for (const rule of [reauthenticate, changePassword]) {
      const ignoring = { ...rule, onMissing: "ignore" };
      expect(deciding([ignoring], {})).toEqual([]);
      expect(deciding([ignoring], { authTime: before, passwordSetAt: before })).toEqual([rule.id]);
      expect(deciding([{ ...rule, onMissing: "apply" }], {})).toEqual([rule.id]);
    }
    // It hides no other rule.
    expect(
      deciding(
        [
          { ...reauthenticate, onMissing: "ignore" },
          { ...reauthenticate, id: "r2" },
        ],
        {},
      ),
    ).toEqual(["r2"]);
  });

  it("a time that can't be read is wrong input", () => {
    for (const key of ["authTime", "passwordSetAt", "apiKeyCreatedAt"]) {
      for (const value of ["", "2014-05-20", "2014-05-20T08:00:00+02:00", 1_400_572_800]) {
        expect(() => parseRequest({ [key]: value })).toThrow(GateError);
      }
    }
  });

  it("a cutoff later than now applies to nobody yet", () => {
    const rules = [reauthenticate, changePassword];
    expect(deciding(rules, {}, { now: before })).toEqual([]);
    expect(deciding(rules, {}, { now: cutoff })).toEqual(["r", "p"]);
  });

  it("keys in place of cutoff: it applies to every request whose keyId is among them, whatever its claims", () => {
    const keys: PlainRule = { id: "k", measure: "reauthenticate", keys: ["k1", "k2"] };
    expect(deciding([keys], { keyId: "k2", authTime: "2030-01-01T00:00:00Z" })).toEqual(["k"]);
    expect(deciding([keys], { keyId: "k1" }, { now: "1970-01-01T00:00:00Z" })).toEqual(["k"]);
    expect(deciding([keys], { keyId: "k3" })).toEqual([]);
    expect(deciding([keys], {})).toEqual([]);
    expect(wrong({ ...keys, cutoff }).message).toContain("keys");
    expect(wrong({ id: "k", measure: "change_password", keys: ["k1"] }).path).toEqual(["rules", 0, "keys"]);
  });

  it("keys rank as the latest cutoff", () => {
    const keys: PlainRule = { id: "k", measure: "reauthenticate", keys: ["k1"] };
    const late = { ...reauthenticate, cutoff: "2014-06-30T00:00:00Z" };
    for (const rules of [
      [keys, late],
      [late, keys],
    ]) {
      expect(deciding(rules, { keyId: "k1" })).toEqual(["k"]);
      expect(deciding(rules, { keyId: "k2" })).toEqual(["r"]);
    }
    expect(deciding([keys, { ...keys, id: "k2" }], { keyId: "k1" })).toEqual(["k"]);
  });

  it("because: exposure with a rollout is wrong input, and changes no decision without", () => {
    const rollout = { from: cutoff, over: "72h", waves: 24 };
    for (const rule of [reauthenticate, changePassword]) {
      expect(wrong({ ...rule, because: "exposure", rollout }).path).toEqual(["rules", 0, "rollout"]);
      for (const because of ["exposure", "precaution"]) {
        parsePolicy({ version: 1, rules: [{ ...rule, because }] });
      }
      parsePolicy({ version: 1, rules: [{ ...rule, because: "precaution", rollout }] });
    }
    expect(wrong({ ...redownload, because: "exposure" }).path).toEqual(["rules", 0, "because"]);
    expect(deciding([{ ...reauthenticate, because: "exposure" }], {})).toEqual(["r"]);
  });

  it("rollout is for reauthenticate, change_password and redownload only", () => {
    const rollout = { from: cutoff, over: "72h", waves: 24 };
    for (const rule of [reauthenticate, changePassword, redownload]) {
      parsePolicy({ version: 1, rules: [{ ...rule, rollout }] });
    }
    for (const rule of [upgrade, refuse]) {
      expect(wrong({ ...rule, rollout }).path).toEqual(["rules", 0, "rollout"]);
    }
  });

  it("wave k of n opens at from + k·over/n; before from none is open; without rollout all is open", () => {
    const waves = 7;
    const overMs = 10_000;
    const fromMs = Date.parse(cutoff);
    const rollout = { from: cutoff, over: "10s", waves };
    for (const rule of [reauthenticate, changePassword, redownload]) {
      const staged = { ...rule, rollout };
      for (let i = 0; i < 100; i++) {
        const account = `u-${i}`;
        const wave = waveOf(rule.id, account, waves);
        const opensMs = fromMs + Math.ceil((wave * overMs) / waves);
        const at = (ms: number): readonly string[] =>
          deciding([staged], { account }, { now: new Date(ms).toISOString() });
        expect(at(opensMs)).toEqual([rule.id]);
        expect(at(opensMs - 1)).toEqual([]);
        expect(at(fromMs - 1)).toEqual([]);
        expect(at(fromMs + overMs)).toEqual([rule.id]);
        expect(deciding([rule], { account }, { now: cutoff })).toEqual([rule.id]);
      }
    }
  });

  it("the wave is a pure function of the rule's id and the account's id, and of nothing else", () => {
    const rollout = { from: cutoff, over: "100s", waves: 100 };
    const staged = { ...reauthenticate, rollout };
    const other = { ...reauthenticate, id: "z", cutoff: "2014-05-01T00:00:00Z" };
    const opens = (
      rules: readonly PlainRule[],
      request: PlainRequest,
      members: readonly string[],
    ): string => {
      for (let second = 0; second < 100; second++) {
        const now = new Date(Date.parse(cutoff) + second * 1000).toISOString();
        if (deciding(rules, request, { now, cohorts: { listed: members } }).includes("r")) return now;
      }
      return "never";
    };
    for (let i = 0; i < 20; i++) {
      const account = `u-${i}`;
      const first = opens([staged], { account }, []);
      const varied: [readonly PlainRule[], PlainRequest, readonly string[]][] = [
        [[other, staged], { account }, []],
        [[{ ...staged, cohort: "listed" }], { account }, [account, "x"]],
        [
          [{ ...staged, cohort: "listed" }],
          { account, keyId: "k9", client: { platform: "web" } },
          ["x", account],
        ],
        [[staged], { account, ...{ ordinal: 77 - i } }, []],
        [[{ ...staged, cutoff: "2014-05-02T00:00:00Z" }], { account, authTime: "2014-04-01T00:00:00Z" }, []],
      ];
      for (const [rules, request, members] of varied) expect(opens(rules, request, members)).toBe(first);
    }
  });

  it("upgrade: the client's version is below", () => {
    expect(deciding([upgrade], onPlay("1.0.9"))).toEqual(["u"]);
    expect(deciding([upgrade], onPlay("1.1.0"))).toEqual([]);
    expect(deciding([upgrade], onPlay("1.1"))).toEqual([]);
    expect(deciding([upgrade], onPlay("1.10"))).toEqual([]);
  });

  it("a version is one to four numbers (missing ones are 0, leading zeros do not count)", () => {
    const below = { ...upgrade, below: "1.0.0.2" };
    for (const version of ["1", "1.0", "01.000", "1.0.0", "1.0.0.1", "0.99.99.99"]) {
      expect(deciding([below], onPlay(version)), version).toEqual(["u"]);
    }
    for (const version of ["1.0.0.2", "01.0.00.02", "1.0.1", "2", "1.0.0.10"]) {
      expect(deciding([below], onPlay(version)), version).toEqual([]);
    }
  });

  it("with an optional SemVer pre-release, build metadata ignored", () => {
    const below = { ...upgrade, below: "1.1.0-rc.2" };
    for (const version of ["1.1.0-rc.1", "1.1.0-rc.1+z", "1.1-beta", "1.0.9+1.1.0"]) {
      expect(deciding([below], onPlay(version)), version).toEqual(["u"]);
    }
    for (const version of ["1.1.0-rc.2+a", "1.1.0-rc.10", "1.1", "1.1.0+rc.1"]) {
      expect(deciding([below], onPlay(version)), version).toEqual([]);
    }
  });

  it("anything else is unreadable and below everything; an unreadable below is wrong input", () => {
    const least = { ...upgrade, below: "0.0.0.0-0" };
    for (const version of ["", "v2", "2.", "1.2.3.4.5", "latest", " 2"]) {
      expect(deciding([least], onPlay(version)), version).toEqual(["u"]);
      expect(wrong({ ...upgrade, below: version }).path).toEqual(["rules", 0, "below"]);
    }
  });

  it("required only when now ≥ the rule's required and now ≥ available of the installation's store", () => {
    const required = "2014-06-03T00:00:00Z";
    const available = "2014-06-05T00:00:00Z";
    const rule = { ...upgrade, required, stores: { "google-play": { available }, website: play } };
    const at = (now: string, store: string): unknown =>
      directives([rule], { client: { store, version: "1.0" } }, { now })[0]?.required;
    expect(at("2014-06-02T23:59:59.999Z", "website")).toBe(false);
    expect(at(required, "website")).toBe(true);
    expect(at("2014-06-04T23:59:59.999Z", "google-play")).toBe(false);
    expect(at(available, "google-play")).toBe(true);
  });

  it("a store without entry or without available is not available; a rule without required never is", () => {
    const rule = {
      ...upgrade,
      required: cutoff,
      stores: { "amazon-appstore": { link: "https://a.example" } },
    };
    for (const store of ["amazon-appstore", "bazaar", undefined, "constructor"]) {
      const client = store === undefined ? {} : { store };
      expect(directives([rule], { client })).toEqual([
        { measure: "upgrade", rule: "u", required: false, available: false },
      ]);
    }
    const never = { ...upgrade, stores: { "google-play": play } };
    expect(directives([never], onPlay("1.0"), { now: "9999-12-31T23:59:59Z" })[0]?.required).toBe(false);
  });

  it('not available: "available":false and no link', () => {
    const rule = { ...upgrade, required: cutoff, stores: { "google-play": play } };
    const now = "2014-05-27T09:59:59.999Z";
    expect(JSON.stringify(directives([rule], onPlay("1.0"), { now }))).toBe(
      '[{"measure":"upgrade","rule":"u","required":false,"available":false}]',
    );
  });

  it("redownload: the installation's offlineEpoch is lower, and its version at or above from where the rule has one", () => {
    expect(deciding([redownload], { offlineEpoch: 1 })).toEqual(["d"]);
    expect(deciding([redownload], { offlineEpoch: 2 })).toEqual([]);
    const from = { ...redownload, from: "1.1.0" };
    expect(deciding([from], { ...onPlay("1.1.0"), offlineEpoch: 1 })).toEqual(["d"]);
    expect(deciding([from], { ...onPlay("1.0.9"), offlineEpoch: 1 })).toEqual([]);
    expect(deciding([from], { ...onPlay("latest"), offlineEpoch: 1 })).toEqual([]);
    expect(deciding([from], { offlineEpoch: 1 })).toEqual([]);
  });

  it("refuse_client: its store is not in trusted", () => {
    expect(deciding([refuse], { client: { store: "google-play" } })).toEqual([]);
    expect(deciding([refuse], { client: { store: "bazaar" } })).toEqual(["c"]);
    expect(deciding([{ ...refuse, trusted: [] }], { client: { store: "google-play" } })).toEqual(["c"]);
  });

  it("missing parts: version unreadable, store unknown, offlineEpoch 0, no client an empty one", () => {
    const unknown: PlainRule = { id: "s", measure: "reauthenticate", cutoff, where: { store: "unknown" } };
    const rules = [unknown, { ...upgrade, below: "0-0" }, { ...redownload, epoch: 1 }];
    for (const request of [
      {},
      { client: {} },
      { client: null },
      { client: { store: null, version: null, platform: null }, offlineEpoch: null },
      { client: { version: 7 } },
    ]) {
      expect(deciding(rules, request)).toEqual(["s", "u", "d"]);
    }
  });

  it("a missing platform matches no where on platform", () => {
    for (const platform of ["unknown", "null", "", "undefined"].filter((text) => text !== "")) {
      expect(deciding([{ ...reauthenticate, where: { platform } }], {})).toEqual([]);
    }
    expect(deciding([{ ...refuse, where: { platform: "android" } }], {})).toEqual([]);
  });

  it("unlisted platforms and stores are ordinary values that match only themselves", () => {
    const rule = { ...reauthenticate, where: { platform: "toaster", store: "Bazaar" } };
    expect(deciding([rule], { client: { platform: "toaster", store: "Bazaar" } })).toEqual(["r"]);
    expect(deciding([rule], { client: { platform: "toaster", store: "bazaar" } })).toEqual([]);
    expect(deciding([rule], { client: { platform: "toaster ", store: "Bazaar" } })).toEqual([]);
  });
});

describe("what comes out", () => {
  it("of the applying cutoff rules the one with the latest cutoff, over all matching rules", () => {
    const rules: PlainRule[] = [
      { ...reauthenticate, id: "wide", cohort: "everyone", cutoff: "2014-05-01T00:00:00Z" },
      { ...reauthenticate, id: "narrow", cohort: "listed", cutoff: "2014-05-20T00:00:00Z" },
      { ...reauthenticate, id: "late", where: { platform: "web" }, cutoff: "2014-05-27T00:00:00Z" },
      { ...reauthenticate, id: "ahead", cutoff: "2014-08-01T00:00:00Z" },
    ];
    const circumstances = { cohorts: { listed: ["u-1"] } };
    for (const order of [rules, rules.toReversed()]) {
      expect(deciding(order, { account: "u-1" }, circumstances)).toEqual(["narrow"]);
      expect(deciding(order, { account: "u-2" }, circumstances)).toEqual(["wide"]);
      expect(deciding(order, { account: "u-1", client: { platform: "web" } }, circumstances)).toEqual([
        "late",
      ]);
      // A rule that is for somebody with an older cutoff does not hide a later one that is for them too.
      const between = { account: "u-1", authTime: "2014-05-10T00:00:00Z" };
      expect(deciding(order, between, circumstances)).toEqual(["narrow"]);
    }
  });

  it("a rule whose wave is closed hides nothing", () => {
    const rollout = { from: "2014-08-01T00:00:00Z", over: "1d", waves: 2 };
    const closed = { ...reauthenticate, id: "closed", cutoff: "2014-06-01T00:00:00Z", rollout };
    expect(deciding([closed, reauthenticate], {})).toEqual(["r"]);
    const keys = { id: "k", measure: "reauthenticate", keys: ["k1"], rollout };
    expect(deciding([keys, reauthenticate], { keyId: "k1" })).toEqual(["r"]);
    const epoch = { ...redownload, id: "closed", epoch: 9, rollout };
    expect(deciding([epoch, redownload], {})).toEqual(["d"]);
  });

  it("for upgrade a required one first, then the highest below", () => {
    const required = { ...upgrade, id: "must", required: cutoff, stores: { "google-play": play } };
    const higher = { ...upgrade, id: "should", below: "2" };
    for (const rules of [
      [required, higher],
      [higher, required],
    ]) {
      expect(deciding(rules, onPlay("1.0"))).toEqual(["must"]);
      expect(deciding(rules, onPlay("1.5"))).toEqual(["should"]);
      expect(deciding(rules, { client: { store: "bazaar", version: "1.0" } })).toEqual(["should"]);
    }
    expect(deciding([required, { ...required, id: "more", below: "1.1.1" }], onPlay("1.0"))).toEqual([
      "more",
    ]);
  });

  it("for redownload the highest epoch", () => {
    const rules = [redownload, { ...redownload, id: "d3", epoch: 3 }, { ...redownload, id: "d1", epoch: 1 }];
    expect(deciding(rules, { offlineEpoch: 0 })).toEqual(["d3"]);
    expect(deciding(rules, { offlineEpoch: 2 })).toEqual(["d3"]);
    expect(deciding(rules, { offlineEpoch: 3 })).toEqual([]);
  });

  it("ties: the first in the policy", () => {
    for (const rule of [refuse, reauthenticate, changePassword, upgrade, redownload]) {
      const same = ["z", "a", "m"].map((id) => ({ ...rule, id }));
      expect(deciding(same, {})).toEqual(["z"]);
      expect(deciding(same.toReversed(), {})).toEqual(["m"]);
    }
    // Not the text of a version ties, but what it means.
    expect(deciding([upgrade, { ...upgrade, id: "same", below: "01.1+b" }], {})).toEqual(["u"]);
  });

  it("required is always there, false only for a recommended upgrade; link is left out, never null; available stands only when false", () => {
    const stores = { "google-play": play, website: { available: play.available } };
    const rules = [reauthenticate, changePassword, redownload, refuse, { ...upgrade, stores }];
    const everything = ["google-play", "website", "bazaar"].flatMap((store) =>
      directives(rules, { client: { store, version: "1.0" } }),
    );
    for (const directive of everything) {
      expect(directive.required).toBe(directive.measure !== "upgrade");
      for (const [key, value] of Object.entries(directive)) {
        expect(["measure", "rule", "required", "link", "available"]).toContain(key);
        if (key === "link") expect(value).toBeTypeOf("string");
        if (key === "available") expect(value).toBe(false);
      }
    }
    const upgrades = everything.filter(({ measure }) => measure === "upgrade");
    expect(upgrades.map((directive) => Object.keys(directive).slice(3))).toEqual([
      ["link"],
      [],
      ["available"],
    ]);
  });

  it("order: refuse_client, reauthenticate, change_password, upgrade, redownload", () => {
    const rules = [redownload, upgrade, changePassword, reauthenticate, refuse];
    expect(directives(rules, {}).map(({ measure }) => measure)).toEqual([
      "refuse_client",
      "reauthenticate",
      "change_password",
      "upgrade",
      "redownload",
    ]);
  });

  it("allow is false exactly when refuse_client, reauthenticate, change_password or a required upgrade is among them", () => {
    const must = { ...upgrade, id: "must", required: cutoff, stores: { "google-play": play } };
    const all = [refuse, reauthenticate, changePassword, must, upgrade, redownload];
    for (let subset = 0; subset < 2 ** all.length; subset++) {
      const rules = all.filter((_, i) => (subset >> i) & 1);
      const trustedStore = onPlay("1.0");
      for (const request of [trustedStore, { client: { store: "bazaar", version: "1.0" } }]) {
        const { allow, directives: found } = decided(rules, request);
        const denying = found.filter(({ measure, required }) => measure !== "redownload" && required);
        expect(allow).toBe(denying.length === 0);
      }
    }
    expect(decided([upgrade, redownload], onPlay("1.0")).allow).toBe(true);
    expect(decided([must], onPlay("1.0")).allow).toBe(false);
    expect(decided([], {})).toEqual({ allow: true, directives: [] });
  });
});

describe("formats", () => {
  it("times are RFC 3339 with Z, to the millisecond, and take effect at their instant (now ≥ t)", () => {
    const rule = { ...reauthenticate, cutoff: "2014-05-27T12:00:00.5Z" };
    expect(deciding([rule], {}, { now: "2014-05-27T12:00:00.499Z" })).toEqual([]);
    expect(deciding([rule], {}, { now: "2014-05-27T12:00:00.500Z" })).toEqual(["r"]);
    expect(parseInstant("2014-05-27T12:00:00.1239Z")).toBe(Date.parse("2014-05-27T12:00:00.123Z"));
    for (const text of [
      "2014-05-27",
      "2014-05-27T12:00:00",
      "2014-05-27T12:00:00+00:00",
      "2014-05-27 12:00:00Z",
    ]) {
      expect(wrong({ ...reauthenticate, cutoff: text }).path).toEqual(["rules", 0, "cutoff"]);
    }
  });

  it("durations: a whole number and s, m, h or d", () => {
    expect(["90s", "90m", "90h", "90d", "0s"].map(parseDuration)).toEqual([
      90_000, 5_400_000, 324_000_000, 7_776_000_000, 0,
    ]);
    for (const over of ["1.5h", "h", "90", "90 h", "-1h", "1w", "PT1H", "1h30m"]) {
      const rollout = { from: cutoff, over, waves: 2 };
      expect(wrong({ ...reauthenticate, rollout }).path).toEqual(["rules", 0, "rollout", "over"]);
    }
  });

  it("waves, epoch ≥ 1", () => {
    for (const count of [0, -1, 1.5, "2"]) {
      expect(wrong({ ...redownload, epoch: count }).path).toEqual(["rules", 0, "epoch"]);
      const rollout = { from: cutoff, over: "1h", waves: count };
      expect(wrong({ ...redownload, rollout }).path).toEqual(["rules", 0, "rollout", "waves"]);
    }
  });

  it("unknown keys, an unknown measure, a rule id twice, an undefined cohort are wrong input", () => {
    expect(wrong({ ...reauthenticate, until: cutoff }).path).toEqual(["rules", 0, "until"]);
    expect(refused({ version: 1, rules: [], note: "" }).path).toEqual(["note"]);
    expect(wrong({ id: "x", measure: "revoke" }).path).toEqual(["rules", 0, "measure"]);
    expect(
      refused({ version: 1, rules: [reauthenticate, upgrade, { ...redownload, id: "r" }] }).path,
    ).toEqual(["rules", 2, "id"]);
    expect(wrong({ ...reauthenticate, cohort: "nobody" }).path).toEqual(["rules", 0, "cohort"]);
  });

  it("ids and versions that YAML reads as numbers are wrong input: quote them", () => {
    expect(wrong({ ...reauthenticate, id: 7 }).expected).toContain("quote");
    expect(wrong({ ...upgrade, below: 1.1 }).expected).toContain("quote");
    expect(wrong({ ...redownload, from: 2 }).expected).toContain("quote");
    expect(wrong({ ...upgrade, belowBuild: 42 }).expected).toContain("quote");
    expect(wrong({ id: "k", measure: "reauthenticate", keys: [1] }).expected).toContain("quote");
    const cohorts = { c: { accounts: [7] } };
    expect(refused({ version: 1, rules: [], cohorts }).path).toEqual(["cohorts", "c", "accounts", 0]);
  });

  it("ids are text, compared code point by code point", () => {
    const rule = { ...reauthenticate, cohort: "listed" };
    const cohorts = { listed: ["é", "U-1"] };
    expect(deciding([rule], { account: "é" }, { cohorts })).toEqual(["r"]);
    expect(deciding([rule], { account: "e\u0301" }, { cohorts })).toEqual([]);
    expect(deciding([rule], { account: "u-1" }, { cohorts })).toEqual([]);
    expect(deciding([rule], { account: "U-1 " }, { cohorts })).toEqual([]);
  });

  it("a request line that is no JSON object is wrong input", () => {
    for (const value of [null, [], "x", 5, true]) expect(() => parseRequest(value)).toThrow(GateError);
  });
});
