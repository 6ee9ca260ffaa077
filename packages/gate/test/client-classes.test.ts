import { expect, it } from "vitest";
import { decide, parseRequest, type GateRequest, type Installation } from "../src/index.ts";
import { ReadRequest } from "../src/read-request.ts";
import { compiled } from "./written-policy.ts";

const nowMs = Date.parse("2014-07-01T00:00:00Z");
const rules = [
  { id: "c", measure: "refuse_client", where: { platform: "android" }, trusted: ["google-play"] },
  { id: "u", measure: "upgrade", where: { platform: "android" }, below: "1.1.0", belowCode: 110 },
  { id: "d", measure: "redownload", epoch: 2, from: "1.0.5" },
];

function androidOf(version: string, more: Readonly<Record<string, unknown>> = {}): GateRequest {
  return parseRequest({
    account: "u-1",
    client: { platform: "android", store: "google-play", version, ...more },
  });
}

function ruleIds(request: GateRequest, policy = compiled(rules)): readonly string[] {
  return decide(policy, request, nowMs).directives.map(({ rule }) => rule);
}

it("a request made from another one is decided by its own parts", () => {
  const policy = compiled(rules);
  const request = androidOf("1.1.0");
  expect(ruleIds(request, policy)).toEqual(["d"]);
  expect(ruleIds({ ...request, version: "1.0.9" }, policy)).toEqual(["u", "d"]);
  expect(ruleIds({ ...request, version: null }, policy)).toEqual(["u"]);
  expect(ruleIds({ ...request, store: "bazaar" }, policy)).toEqual(["c", "d"]);
  expect(ruleIds({ ...request, store: "bazaar", platform: "ios" }, policy)).toEqual(["d"]);
  const { installation } = androidOf("1.1.0", { versionCode: 109 });
  expect(ruleIds({ ...request, installation: installation ?? null }, policy)).toEqual(["u", "d"]);
  expect(ruleIds(request, policy)).toEqual(["d"]);
});

it("a request that was read can't be changed, and one made from it with other times, key or epoch is decided by those", () => {
  const cutoff = "2014-05-27T12:00:00Z";
  const policy = compiled([
    { id: "k", measure: "reauthenticate", keys: ["stolen"] },
    { id: "r", measure: "reauthenticate", cutoff },
    { id: "p", measure: "change_password", cutoff },
    { id: "d", measure: "redownload", epoch: 2 },
  ]);
  const request = parseRequest({
    account: "u-1",
    authTime: cutoff,
    passwordSetAt: cutoff,
    keyId: "own",
    offlineEpoch: 2,
  });
  const beforeMs = Date.parse(cutoff) - 1;
  expect(ruleIds(request, policy)).toEqual([]);
  expect(() => Object.assign(request, { authTimeMs: beforeMs })).toThrow(TypeError);
  expect(ruleIds({ ...request, authTimeMs: beforeMs }, policy)).toEqual(["r"]);
  const alike: GateRequest = { ...request, authTimeMs: beforeMs };
  Object.setPrototypeOf(alike, ReadRequest.prototype);
  expect(ruleIds(alike, policy)).toEqual(["r"]);
  expect(ruleIds({ ...request, authTimeMs: null }, policy)).toEqual(["r"]);
  expect(ruleIds({ ...request, apiKeyCreatedAtMs: beforeMs }, policy)).toEqual(["r"]);
  expect(ruleIds({ ...request, passwordSetAtMs: beforeMs }, policy)).toEqual(["p"]);
  expect(ruleIds({ ...request, keyId: "stolen" }, policy)).toEqual(["k"]);
  expect(ruleIds({ ...request, offlineEpoch: 1 }, policy)).toEqual(["d"]);
  expect(ruleIds(request, policy)).toEqual([]);
});

it("a request of the caller's own may be changed between two decisions, parts of its installation included", () => {
  const policy = compiled(rules);
  const installation = {
    ...androidOf("1.1.0", { versionCode: 120, signers: ["ab".repeat(32)] }).installation,
  };
  // `as`: all its parts are there.
  const request = { ...androidOf("1.1.0"), installation: installation as Installation, offlineEpoch: 2 };
  expect(ruleIds(request, policy)).toEqual([]);
  Object.assign(installation, { versionCode: 109 });
  expect(ruleIds(request, policy)).toEqual(["u"]);
  Object.assign(installation, { versionCode: 120 });
  expect(ruleIds(request, policy)).toEqual([]);
  Object.assign(request, { store: "bazaar", offlineEpoch: 1 });
  expect(ruleIds(request, policy)).toEqual(["c", "d"]);
  const read = androidOf("1.1.0", { versionCode: 120 });
  expect(() => Object.assign(read.installation ?? {}, { versionCode: 109 })).toThrow(TypeError);
});

it("one client may mean different things under two policies at once", () => {
  const request = androidOf("1.0.0");
  const [first, second] = [compiled(rules), compiled(rules.slice(0, 1))];
  expect(ruleIds(request, first)).toEqual(["u"]);
  expect(ruleIds(request, second)).toEqual([]);
  expect(ruleIds(request, first)).toEqual(["u"]);
});

it("more clients than are kept change no decision, neither of those before nor of those after", () => {
  const policy = compiled(rules);
  const before = [androidOf("1.0.9"), androidOf("1.1.0"), androidOf("1.0.0", { store: "bazaar" })];
  const decided = before.map((request) => ruleIds(request, policy));
  expect(decided).toEqual([["u", "d"], ["d"], ["c", "u"]]);
  for (let i = 0; i < 10_000; i++) {
    expect(ruleIds(androidOf(`${i % 2}.${i}.7`), policy)).toEqual(i % 2 === 0 ? ["u"] : ["d"]);
  }
  expect(before.map((request) => ruleIds(request, policy))).toEqual(decided);
});

it("clients of one version are told apart beyond the number that is kept, and so are those with long texts", () => {
  const policy = compiled(rules);
  for (let i = 0; i < 200; i++) {
    expect(ruleIds(androidOf("1.0.9", { store: `s-${i}` }), policy)).toEqual(["c", "u", "d"]);
    expect(ruleIds(androidOf("1.0.9", { versionCode: i }), policy)).toEqual(["u", "d"]);
    expect(ruleIds(androidOf("1.1.0", { versionCode: i }), policy)).toEqual(i < 110 ? ["u", "d"] : ["d"]);
  }
  expect(ruleIds(androidOf(`1.0.9-${"a".repeat(100)}`), policy)).toEqual(["u", "d"]);
  expect(ruleIds(androidOf(`1.1.0+${"a".repeat(100)}`), policy)).toEqual(["d"]);
});
