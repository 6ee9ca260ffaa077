import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  compilePolicy,
  cutoffMs,
  decide,
  GateError,
  parsePolicy,
  parseRequest,
  type CohortSet,
} from "../src/index.ts";
import { namesOf, setOf } from "./listed-set.ts";
import { oracle, type PlainRequest, type PlainRule } from "@cordon/testkit";

// Few values, so that ties, edges and matches are common.
const startMs = Date.UTC(2014, 4, 27, 12);
const hourMs = 3_600_000;
const time = fc.integer({ min: -3, max: 6 }).map((hours) => startMs + hours * hourMs);
const nearTime = fc.tuple(time, fc.constantFrom(-1, 0, 1)).map(([ms, off]) => ms + off);
const platform = fc.constantFrom("android", "ios", "web", "toaster");
const store = fc.constantFrom("google-play", "website", "unknown", "bazaar");
const version = fc.array(fc.integer({ min: 0, max: 2 }), { minLength: 1, maxLength: 4 });
const account = fc.constantFrom("u-0", "u-1", "u-2", "ü-3", "\ud83c\udfb5");
const key = fc.constantFrom("k1", "k2");
const oneOrMore = <T>(one: fc.Arbitrary<T>): fc.Arbitrary<T | T[]> =>
  fc.oneof(one, fc.array(one, { maxLength: 3 }));

const optional = { requiredKeys: [] };
const base = {
  cohort: fc.constantFrom("everyone", "a", "b"),
  where: fc.record({ platform: oneOrMore(platform), store: oneOrMore(store) }, optional),
};
const rollout = fc.record({
  from: nearTime,
  overMs: fc.constantFrom(0, 1000, 3 * hourMs),
  waves: fc.integer({ min: 1, max: 5 }),
});
/** A rule with its times and versions as numbers, so that they shrink. */
interface Draft {
  readonly measure: string;
}
const cutoff = (measure: string): fc.Arbitrary<Draft> =>
  fc.record(
    {
      ...base,
      measure: fc.constant(measure),
      cutoff: nearTime,
      onMissing: fc.constant("ignore" as const),
      rollout,
    },
    { requiredKeys: ["measure", "cutoff"] },
  );
const rule: fc.Arbitrary<Draft> = fc.oneof(
  { arbitrary: cutoff("reauthenticate"), weight: 3 },
  { arbitrary: cutoff("change_password"), weight: 2 },
  fc.record(
    { ...base, measure: fc.constant("reauthenticate"), keys: fc.array(key, { maxLength: 2 }), rollout },
    { requiredKeys: ["measure", "keys"] },
  ),
  fc.record(
    {
      ...base,
      measure: fc.constant("upgrade"),
      below: version,
      required: nearTime,
      stores: fc.dictionary(
        store,
        fc.record({ available: nearTime, link: fc.constant("https://x.example") }, optional),
      ),
    },
    { requiredKeys: ["measure", "below"] },
  ),
  fc.record(
    {
      ...base,
      measure: fc.constant("redownload"),
      epoch: fc.integer({ min: 1, max: 3 }),
      from: version,
      rollout,
    },
    { requiredKeys: ["measure", "epoch"] },
  ),
  fc.record(
    { ...base, measure: fc.constant("refuse_client"), trusted: fc.array(store, { maxLength: 3 }) },
    { requiredKeys: ["measure", "trusted"] },
  ),
);
const rules: fc.Arbitrary<readonly (Draft & { readonly id: string })[]> = fc
  .array(rule, { maxLength: 8 })
  .map((drafts) => drafts.map((draft, index) => ({ id: `rule ${index}`, ...draft })));
const cohorts = fc.record({ a: fc.array(account, { maxLength: 4 }), b: fc.array(account, { maxLength: 4 }) });
const request = fc.record(
  {
    account: fc.option(account),
    authTime: fc.option(nearTime),
    passwordSetAt: fc.option(nearTime),
    keyId: fc.option(key),
    client: fc.option(
      fc.record(
        { platform: fc.option(platform), store: fc.option(store), version: fc.option(version) },
        optional,
      ),
    ),
    offlineEpoch: fc.option(fc.integer({ min: 0, max: 3 })),
  },
  optional,
);

const iso = (ms: number): string => new Date(ms).toISOString();
const dots = (numbers: readonly number[]): string => numbers.join(".");

/** The same as the policy's author would write it. */
function written(value: unknown, name = ""): unknown {
  const times = ["cutoff", "required", "available", "authTime", "passwordSetAt"];
  if (typeof value === "number" && (times.includes(name) || name === "rollout.from")) return iso(value);
  if (Array.isArray(value) && (name === "below" || name === "from" || name === "version")) {
    return dots(value as number[]);
  }
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map((item) => written(item));
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => {
      if (key === "overMs") return ["over", `${Number(item) / 1000}s`];
      return [key, written(item, name === "rollout" ? `rollout.${key}` : key)];
    }),
  );
}

function setsOf(members: Readonly<Record<string, readonly string[]>>): ReadonlyMap<string, CohortSet> {
  return new Map(Object.entries(members).map(([name, ids]) => [name, setOf(ids)]));
}

describe("decide", () => {
  it("agrees with the contract, read sentence by sentence, on any policy and request", () => {
    let denied = 0;
    fc.assert(
      fc.property(
        rules,
        cohorts,
        fc.array(request, { minLength: 1, maxLength: 5 }),
        nearTime,
        (drawn, members, requests, now) => {
          const sets = setsOf(members);
          const plainRules = written(drawn) as readonly PlainRule[];
          const compiled = compilePolicy(parsePolicy({ version: 1, rules: plainRules }, namesOf(sets)), sets);
          for (const each of requests) {
            const plain = written(each) as PlainRequest;
            const decision = decide(compiled, parseRequest(plain), now);
            expect(decision).toEqual(oracle(plainRules, members, plain, now));
            denied += Number(!decision.allow);
          }
        },
      ),
      { numRuns: 3000 },
    );
    // The property says something only while both answers are common.
    expect(denied).toBeGreaterThan(500);
  });

  it("says the cutoff of a rule, for the max_age of a 401, and null where it has none", () => {
    const compiled = compilePolicy(
      parsePolicy({
        version: 1,
        rules: [
          { id: "a", measure: "reauthenticate", cutoff: iso(startMs) },
          { id: "b", measure: "reauthenticate", keys: ["k"] },
          { id: "c", measure: "redownload", epoch: 1 },
        ],
      }),
      new Map(),
    );
    expect(["a", "b", "c", "d"].map((id) => cutoffMs(compiled, id))).toEqual([startMs, null, null, null]);
  });

  it("refuses to compile a rule whose cohort has no members at hand", () => {
    const policy = parsePolicy(
      { version: 1, rules: [{ id: "a", measure: "reauthenticate", cutoff: iso(startMs), cohort: "gone" }] },
      ["gone"],
    );
    expect(() => compilePolicy(policy, new Map())).toThrow(GateError);
  });

  it("asks a set with both account and ordinal", () => {
    const asked: unknown[] = [];
    const set: CohortSet = { members: 1, has: (...given) => asked.push(given) > 0 };
    const policy = parsePolicy(
      { version: 1, rules: [{ id: "a", measure: "reauthenticate", cutoff: iso(startMs), cohort: "s" }] },
      ["s"],
    );
    const compiled = compilePolicy(policy, new Map([["s", set]]));
    decide(compiled, parseRequest({ account: "u-1", ordinal: 17 }), startMs);
    decide(compiled, parseRequest({ account: "u-1" }), startMs);
    decide(compiled, parseRequest({ ordinal: 17 }), startMs);
    expect(asked).toEqual([
      ["u-1", 17],
      ["u-1", null],
    ]);
  });
});

describe("whatever comes in", () => {
  it("a policy is read or refused with a GateError, never anything else", () => {
    fc.assert(
      fc.property(fc.anything({ withBigInt: true, withNullPrototype: true, withDate: true }), (value) => {
        onlyGateErrors(() => parsePolicy(value));
        onlyGateErrors(() => parsePolicy({ version: 1, rules: [value] }));
        onlyGateErrors(() => parsePolicy({ version: 1, rules: [], cohorts: value }));
      }),
      { numRuns: 500 },
    );
  });

  it("a request is decided or refused with a GateError, ids with half a surrogate pair included", () => {
    const sets = setsOf({ a: ["u-0"] });
    const compiled = compilePolicy(
      parsePolicy(
        {
          version: 1,
          rules: [
            { id: "a", measure: "reauthenticate", cutoff: iso(startMs), cohort: "a" },
            {
              id: "b",
              measure: "change_password",
              cutoff: iso(startMs),
              rollout: { from: iso(startMs - 1000), over: "10s", waves: 7 },
            },
            { id: "c", measure: "upgrade", below: "1" },
            { id: "d", measure: "refuse_client", trusted: ["website"], where: { platform: "android" } },
          ],
        },
        namesOf(sets),
      ),
      sets,
    );
    const text = fc.string({ unit: "binary" });
    const half = fc
      .tuple(text, fc.integer({ min: 0xd800, max: 0xdfff }))
      .map(([a, unit]) => a + String.fromCharCode(unit));
    const odd = fc.oneof(half, text, fc.anything());
    fc.assert(
      fc.property(
        fc.oneof(
          fc.anything(),
          fc.record({
            account: half,
            keyId: odd,
            client: fc.record({ platform: odd, store: odd, version: odd }),
          }),
          fc.record({ account: half, client: fc.record({ platform: half, store: half, version: half }) }),
        ),
        (value) => onlyGateErrors(() => decide(compiled, parseRequest(value), startMs)),
      ),
      { numRuns: 1000 },
    );
  });
});

function onlyGateErrors(run: () => unknown): void {
  try {
    run();
  } catch (error) {
    expect(error).toBeInstanceOf(GateError);
  }
}
