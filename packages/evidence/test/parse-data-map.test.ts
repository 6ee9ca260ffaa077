import { generateKeyPairSync } from "node:crypto";

import { InputError } from "@cordon/model";
import { describe, expect, test } from "vitest";
import { parseDataMap, watchedStores } from "../src/index.ts";

/** An RSA public key, PKCS#1 DER in base64. */
const rsaKey = generateKeyPairSync("rsa", {
  modulusLength: 1024,
  publicKeyEncoding: { type: "pkcs1", format: "der" },
  privateKeyEncoding: { type: "pkcs1", format: "der" },
}).publicKey.toString("base64");

const source = {
  format: "jsonl",
  store: "profiles",
  fields: { time: "ts", operation: "op" },
  operations: { get: { account: "user", classes: ["user.name"] } },
};

function mapWith(patch: Record<string, unknown>): unknown {
  return {
    version: 1,
    stores: {
      profiles: { classes: ["user.name"], accounts: "all" },
      vault: { classes: ["user.payment"], accounts: 9 },
    },
    sources: { api: { ...source, ...patch } },
  };
}

function flaw(map: unknown): string {
  try {
    parseDataMap(map);
  } catch (error) {
    if (error instanceof InputError) return `${error.path.join(".")}: ${error.message}`;
    throw error;
  }
  return "nothing wrong";
}

test("the map of contracts 1 is read", () => {
  const map = parseDataMap({
    version: 1,
    stores: {
      "profile-db": { classes: ["user.name", "user.contact.email"], accounts: "all" },
      "payment-vault": { classes: ["user.payment", "user.financial"], accounts: 9_000_000 },
    },
    sources: {
      "profile-api": {
        format: "jsonl",
        store: "profile-db",
        fields: {
          time: "ts",
          id: "req_id",
          actor: "principal",
          address: "ip",
          session: "sid",
          operation: "op",
          outcome: "status",
          sequence: "seq",
        },
        succeeded: { status: [200, 206] },
        operations: {
          getProfile: { account: "params.user_id", classes: ["user.name", "user.contact.email"] },
          searchUsers: { accounts: "result.ids", classes: ["user.name"] },
          exportUsers: { rows: "result.count", classes: ["user.name"], store: "payment-vault" },
          health: { ignore: true },
        },
        coverage: { from: "2014-05-01T00:00:00Z", to: "2014-05-27T00:00:00Z", proof: "sequence", skew: "2s" },
        delivery: "at-least-once",
      },
    },
  });
  const [api] = map.sources;
  expect(api?.skewUs).toBe(2_000_000);
  expect(api?.coverage).toEqual([
    { fromUs: 1_398_902_400_000_000, toUs: 1_401_148_800_000_000, proof: { kind: "sequence", chains: null } },
  ]);
  expect(api === undefined ? [] : [...watchedStores(api)]).toEqual(["profile-db", "payment-vault"]);
});

describe("wrong input names its key", () => {
  const coverage = { from: "2014-05-01T00:00:00Z", to: "2014-05-27T00:00:00Z", proof: "asserted" };
  const withSequence = { fields: { ...source.fields, sequence: "seq" } };
  test.each<[string, unknown]>([
    ["version: version `2` is not known", { version: 2, stores: {}, sources: {} }],
    [": key `sources` is missing", { version: 1, stores: {} }],
    ["colour: unknown key `colour`", { version: 1, stores: {}, sources: {}, colour: 1 }],
    [
      "stores.a.accounts: `-1` is no number of accounts",
      { version: 1, stores: { a: { classes: ["user"], accounts: -1 } }, sources: {} },
    ],
    [
      "stores.a.classes.0: `User Name` is no data class",
      { version: 1, stores: { a: { classes: ["User Name"], accounts: 1 } }, sources: {} },
    ],
    ["sources.api.format: `xml` is not known", mapWith({ format: "xml" })],
    ["sources.api.store: store `profile` is not among the stores", mapWith({ store: "profile" })],
    ["sources.api.fields: key `operation` is missing", mapWith({ fields: { time: "ts" } })],
    [
      "sources.api.fields.colour: unknown key `colour`",
      mapWith({ fields: { ...source.fields, colour: "c" } }),
    ],
    [
      "sources.api.fields.time: path `a..b` cannot be read at character 3",
      mapWith({ fields: { ...source.fields, time: "a..b" } }),
    ],
    [
      "sources.api.fields.time: path `@timestamp` cannot be read at character 1",
      mapWith({ fields: { ...source.fields, time: "@timestamp" } }),
    ],
    ["sources.api.succeeded: an empty mapping tells nothing", mapWith({ succeeded: {} })],
    ["sources.api.succeeded.status: `[]` is no list of values", mapWith({ succeeded: { status: [] } })],
    [
      "sources.api.operations.get: the operation does not say whom it reaches",
      mapWith({ operations: { get: { classes: ["user"] } } }),
    ],
    [
      "sources.api.operations.get: the operation has `account` and `rows`",
      mapWith({ operations: { get: { account: "a", rows: "b", classes: ["user"] } } }),
    ],
    [
      "sources.api.operations.get.people: `many` is not known",
      mapWith({ operations: { get: { people: "many", classes: ["user"] } } }),
    ],
    [
      "sources.api.operations.get: key `classes` is missing",
      mapWith({ operations: { get: { account: "a" } } }),
    ],
    [
      "sources.api.operations.get.account: unknown key `account`",
      mapWith({ operations: { get: { ignore: true, account: "a" } } }),
    ],
    [
      "sources.api.operations.get.effect: `copy` is not known",
      mapWith({ operations: { get: { ...source.operations.get, effect: "copy" } } }),
    ],
    [
      "sources.api.operations.get: the operation has no store",
      {
        version: 1,
        stores: {},
        sources: { api: { ...source, store: undefined, operations: source.operations } },
      },
    ],
    [
      "sources.api.operations.get.account.pattern: pattern `(` is no regular expression",
      mapWith({ operations: { get: { account: { path: "a", pattern: "(" }, classes: ["user"] } } }),
    ],
    [
      "sources.api.operations.get.account.pattern: pattern `.*` has no group `account`",
      mapWith({ operations: { get: { account: { path: "a", pattern: ".*" }, classes: ["user"] } } }),
    ],
    [
      "sources.api.coverage.to: the coverage ends before it begins",
      mapWith({ coverage: { ...coverage, to: coverage.from } }),
    ],
    [
      "sources.api.coverage.from: `2014-05-01` is no time",
      mapWith({ coverage: { ...coverage, from: "2014-05-01" } }),
    ],
    ["sources.api.coverage.skew: `2` is no duration", mapWith({ coverage: { ...coverage, skew: 2 } })],
    [
      "sources.api.coverage.proof: `heartbeat` does not say how often",
      mapWith({ coverage: { ...coverage, proof: "heartbeat" } }),
    ],
    [
      "sources.api.coverage.heartbeat: key `every` is missing",
      mapWith({ coverage: { ...coverage, proof: "heartbeat", heartbeat: {} } }),
    ],
    [
      "sources.api.coverage.proof.heartbeat.every: `60` is no duration",
      mapWith({ coverage: { ...coverage, proof: { heartbeat: { every: 60 } } } }),
    ],
    [
      "sources.api.coverage.every: unknown key `every`",
      mapWith({ coverage: { ...coverage, proof: "heartbeat", every: "60s" } }),
    ],
    [
      "sources.api.coverage.heartbeat: the entry's proof is `asserted`",
      mapWith({ coverage: { ...coverage, heartbeat: { every: "60s" } } }),
    ],
    [
      "sources.api.coverage.proof.digest.keys: `[]` is no list of keys of CloudTrail",
      mapWith({ coverage: { ...coverage, proof: { digest: { keys: [] } } } }),
    ],
    [
      "sources.api.coverage.digest.keys.0: key `Fingerprint` is missing",
      mapWith({ coverage: { ...coverage, proof: "digest", digest: { keys: [{ Value: rsaKey }] } } }),
    ],
    [
      "sources.api.coverage.digest.keys.0.Fingerprint: `key-1` is no fingerprint",
      mapWith({
        coverage: {
          ...coverage,
          proof: "digest",
          digest: { keys: [{ Fingerprint: "key-1", Value: rsaKey }] },
        },
      }),
    ],
    [
      "sources.api.coverage.digest.keys.0.Value: `not base64` is no base64",
      mapWith({
        coverage: {
          ...coverage,
          proof: "digest",
          digest: { keys: [{ Fingerprint: "0a", Value: "not base64" }] },
        },
      }),
    ],
    [
      "sources.api.coverage.digest.keys.0.Value: `AAAA` is no public key",
      mapWith({
        coverage: { ...coverage, proof: "digest", digest: { keys: [{ Fingerprint: "0a", Value: "AAAA" }] } },
      }),
    ],
    [
      "sources.api.coverage.proof: the source maps no sequence number",
      mapWith({ coverage: { ...coverage, proof: "sequence" } }),
    ],
    [
      "sources.api.coverage.1: the source's sequence entries keep different chains",
      mapWith({
        ...withSequence,
        coverage: [
          { ...coverage, proof: "sequence" },
          { ...coverage, proof: { sequence: { per: "host", chains: ["a"] } } },
        ],
      }),
    ],
    [
      "sources.api.coverage.proof.sequence: key `chains` is missing",
      mapWith({ ...withSequence, coverage: { ...coverage, proof: { sequence: { per: "host" } } } }),
    ],
    ["sources.api.delivery: `sometimes` is not known", mapWith({ delivery: "sometimes" })],
    [
      "sources.a/b: `a/b` cannot name a source",
      { version: 1, stores: { profiles: { classes: ["user"], accounts: 1 } }, sources: { "a/b": source } },
    ],
    [
      "sources.api: source `api` watches no store",
      mapWith({ store: undefined, operations: { health: { ignore: true } } }),
    ],
  ])("%s", (expected, map) => {
    expect(flaw(JSON.parse(JSON.stringify(map)))).toBe(expected);
  });
});

test("the options of a proof stand in it or beside it", () => {
  const fields = { ...source.fields, sequence: "seq" };
  const times = { from: "2014-05-01T00:00:00Z", to: "2014-05-27T00:00:00Z" };
  const options = { per: "host", chains: ["web-1", "web-1", "web-2"] };
  const proofs = [
    { proof: { sequence: options } },
    { sequence: options },
    { proof: "sequence", sequence: options },
  ];
  for (const proof of proofs) {
    const [api] = parseDataMap(mapWith({ fields, coverage: { ...times, ...proof } })).sources;
    expect(api?.coverage[0]?.proof).toEqual({ kind: "sequence", chains: ["web-1", "web-2"] });
    expect(api?.chainPath?.keys).toEqual(["host"]);
  }
});

test("every format of contracts 1 is known", () => {
  for (const format of ["jsonl", "csv", "cloudtrail", "ocsf", "pgaudit"])
    expect(parseDataMap(mapWith({ format })).sources[0]?.format).toBe(format);
});

describe("proofs", () => {
  const times = { from: "2014-05-01T00:00:00Z", to: "2014-05-27T00:00:00Z" };
  const proofOf = (proof: Record<string, unknown>): unknown =>
    parseDataMap(mapWith({ coverage: { ...times, ...proof } })).sources[0]?.coverage[0]?.proof;
  test("`heartbeat: { every: 60s }`, and its entry's own skew", () => {
    const expected = { kind: "heartbeat", everyUs: 60_000_000, skewUs: 0 };
    expect(proofOf({ heartbeat: { every: "60s" } })).toEqual(expected);
    expect(proofOf({ proof: "heartbeat", heartbeat: { every: "60s" } })).toEqual(expected);
    expect(proofOf({ proof: { heartbeat: { every: "1m" } } })).toEqual(expected);
    const [api] = parseDataMap(
      mapWith({
        coverage: [
          { ...times, heartbeat: { every: "60s" }, skew: "2s" },
          { ...times, proof: "asserted", skew: "5s" },
        ],
      }),
    ).sources;
    expect(api?.coverage[0]?.proof).toEqual({ ...expected, skewUs: 2_000_000 });
    expect(api?.skewUs).toBe(5_000_000);
  });
  test("`digest` with the keys as `aws cloudtrail list-public-keys` prints them, or without", () => {
    expect(proofOf({ proof: "digest" })).toEqual({ kind: "digest", keys: [] });
    const key = {
      Fingerprint: "0A1B",
      Value: rsaKey,
      ValidityStartTime: "2014-01-01T00:00:00Z",
      ValidityEndTime: 1_400_580_000.5,
    };
    const expected = {
      kind: "digest",
      keys: [{ fingerprint: "0a1b", publicKeyDer: Buffer.from(rsaKey, "base64") }],
    };
    expect(proofOf({ digest: { keys: [key] } })).toEqual(expected);
    expect(proofOf({ proof: { digest: { keys: [{ ...key, Value: `${rsaKey}\n` }] } } })).toEqual(expected);
  });
});

test("a number that YAML may have read otherwise than it was written is wrong input", () => {
  const written = new Map([["sources.api.succeeded.status.0", "0200"]]);
  const map = mapWith({ succeeded: { status: [200] } });
  expect(() => parseDataMap(map, (path) => written.get(path.join(".")) ?? null)).toThrow(
    "`0200` may be read as a number or as text",
  );
});
