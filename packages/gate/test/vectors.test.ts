import { describe, expect, it } from "vitest";
import { readFileSync } from "node:fs";
import {
  compareVersions,
  compilePolicy,
  decide,
  explain,
  GateError,
  parseDuration,
  parseInstant,
  parsePolicy,
  parseRequest,
  parseSigningDigest,
  parseVersion,
  storeOfInstaller,
  waveOf,
} from "../src/index.ts";
import { namesOf, setOf } from "./listed-set.ts";

/** The cases that every implementation of a gate runs, whatever its language. */
function vectors(name: string): unknown {
  return JSON.parse(readFileSync(new URL(`../../../vectors/gate/${name}.json`, import.meta.url), "utf8"));
}

interface Decisions {
  readonly groups: readonly {
    readonly says: string;
    readonly policy: unknown;
    readonly cohorts: Readonly<Record<string, readonly string[]>>;
    readonly cases: readonly {
      readonly now: string;
      readonly request: unknown;
      readonly decision: unknown;
    }[];
  }[];
}

describe("decisions", () => {
  const { groups } = vectors("decisions") as Decisions;
  it.each(groups.map((group) => [group.says, group] as const))("%s", (_, { policy, cohorts, cases }) => {
    const sets = new Map(Object.entries(cohorts).map(([name, ids]) => [name, setOf(ids)]));
    const compiled = compilePolicy(parsePolicy(policy, namesOf(sets)), sets);
    for (const { now, request, decision } of cases) {
      const nowMs = parseInstant(now);
      expect(nowMs, now).not.toBeNull();
      const decided = JSON.stringify(decide(compiled, parseRequest(request), nowMs ?? NaN));
      // As text: the order of keys belongs to the format.
      expect(decided, `${now} ${JSON.stringify(request)}`).toBe(JSON.stringify(decision));
    }
  });
});

describe("explanations", () => {
  const { groups } = vectors("explanations") as {
    readonly groups: readonly {
      readonly says: string;
      readonly policy: unknown;
      readonly cohorts: Readonly<Record<string, readonly string[]>>;
      readonly cases: readonly {
        readonly now: string;
        readonly request: unknown;
        readonly explanation: unknown;
      }[];
    }[];
  };
  it.each(groups.map((group) => [group.says, group] as const))("%s", (_, { policy, cohorts, cases }) => {
    const sets = new Map(Object.entries(cohorts).map(([name, ids]) => [name, setOf(ids)]));
    const compiled = compilePolicy(parsePolicy(policy, namesOf(sets)), sets);
    for (const { now, request, explanation } of cases) {
      const { rules } = explain(compiled, parseRequest(request), parseInstant(now) ?? NaN);
      expect(JSON.stringify(rules), `${now} ${JSON.stringify(request)}`).toBe(JSON.stringify(explanation));
    }
  });
});

function errorOf(run: () => unknown): GateError {
  try {
    run();
  } catch (error) {
    if (error instanceof GateError) return error;
    throw error;
  }
  throw new Error("nothing was thrown");
}

describe("a policy that is wrong input", () => {
  const { policies } = vectors("wrong-policies") as {
    policies: readonly { says: string; policy: unknown; path: readonly unknown[] }[];
  };
  it.each(policies.map((one) => [one.says, one] as const))("%s", (_, { policy, path }) => {
    const error = errorOf(() => parsePolicy(policy));
    expect(error.path).toEqual(path);
    expect(error.code).toBe("ERR_GATE_POLICY");
    expect(error.message).not.toBe("");
    expect(error.expected).not.toBe("");
  });
});

describe("a request that is wrong input", () => {
  const { requests } = vectors("wrong-requests") as {
    requests: readonly { says: string; request: unknown; path: readonly unknown[] }[];
  };
  it.each(requests.map((one) => [one.says, one] as const))("%s", (_, { request, path }) => {
    const error = errorOf(() => parseRequest(request));
    expect(error.path).toEqual(path);
    expect(error.code).toBe("ERR_GATE_REQUEST");
  });
});

describe("versions", () => {
  const { ascending, equal, unreadable } = vectors("versions") as {
    ascending: readonly string[];
    equal: readonly (readonly string[])[];
    unreadable: readonly string[];
  };

  it("reads one to four numbers with an optional SemVer pre-release and build metadata", () => {
    for (const text of [...ascending, ...equal.flat()]) expect(parseVersion(text), text).not.toBeNull();
  });

  it("puts every version below every later one", () => {
    const versions = ascending.map(parseVersion);
    for (const [i, a] of versions.entries()) {
      for (const [j, b] of versions.entries()) {
        const order = Math.sign(compareVersions(a, b));
        expect(order, `${ascending[i] ?? ""} and ${ascending[j] ?? ""}`).toBe(Math.sign(i - j));
      }
    }
  });

  it("ignores missing numbers, leading zeros and build metadata", () => {
    for (const [first = "", ...others] of equal) {
      for (const other of others) {
        expect(compareVersions(parseVersion(first), parseVersion(other)), `${first} and ${other}`).toBe(0);
      }
    }
  });

  it("has anything else unreadable and below everything", () => {
    for (const text of unreadable) {
      expect(parseVersion(text), JSON.stringify(text)).toBeNull();
      for (const other of ascending) {
        expect(compareVersions(parseVersion(text), parseVersion(other))).toBeLessThan(0);
        expect(compareVersions(parseVersion(other), parseVersion(text))).toBeGreaterThan(0);
      }
    }
    expect(compareVersions(null, null)).toBe(0);
  });
});

describe("times", () => {
  const { readable, unreadable, durations } = vectors("instants") as {
    readable: readonly { text: string; ms: number }[];
    unreadable: readonly string[];
    durations: { readable: readonly { text: string; ms: number }[]; unreadable: readonly string[] };
  };

  it("reads RFC 3339 with Z, to the millisecond", () => {
    for (const { text, ms } of readable) expect(parseInstant(text), text).toBe(ms);
    for (const text of unreadable) expect(parseInstant(text), JSON.stringify(text)).toBeNull();
  });

  it("reads durations: a whole number and s, m, h or d", () => {
    for (const { text, ms } of durations.readable) expect(parseDuration(text), text).toBe(ms);
    for (const text of durations.unreadable) expect(parseDuration(text), JSON.stringify(text)).toBeNull();
  });
});

describe("installers", () => {
  it("stand for the stores whose apps they install", () => {
    const { cases } = vectors("installers") as { cases: readonly { installer: string; store: string }[] };
    for (const { installer, store } of cases) expect(storeOfInstaller(installer), installer).toBe(store);
  });
});

describe("digests of signing certificates", () => {
  it("are read from hex and base64", () => {
    const { readable, unreadable } = vectors("digests") as {
      readable: readonly { text: string; hex: string }[];
      unreadable: readonly string[];
    };
    for (const { text, hex } of readable) expect(parseSigningDigest(text), text).toBe(hex);
    for (const text of unreadable) expect(parseSigningDigest(text), text).toBeNull();
  });
});

describe("waves", () => {
  const { cases } = vectors("waves") as {
    cases: readonly {
      rule: string;
      account: string;
      hash: number;
      waves: Readonly<Record<string, number>>;
    }[];
  };

  it("are the specified function of the rule's id and the account's id", () => {
    for (const { rule, account, waves } of cases) {
      for (const [count, wave] of Object.entries(waves)) {
        expect(waveOf(rule, account, Number(count)), `${rule} ${account} ${count}`).toBe(wave);
      }
    }
  });
});
