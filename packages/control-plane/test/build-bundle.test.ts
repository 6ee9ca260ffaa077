import { createHash } from "node:crypto";
import { AccountHasher, Cascade, FingerprintSet, openBundle, type Bundle } from "@cordon/bundle";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { buildBundle, type BuiltBundle, type BundleRequest } from "../src/build-bundle.ts";
import type { BytesHasher } from "../src/build/directory-share.ts";
import type { DirectoryBatch } from "../src/build/id-block.ts";
import {
  generateBundleKeyPair,
  readBundlePublicKey,
  sha256,
  signBundle,
  verifyEd25519,
} from "../src/bundle-keys.ts";
import { exactCohorts, type CohortToBuild } from "../src/exact-cohorts.ts";

const { privateKeyPem, publicKeyPem } = generateBundleKeyPair();
const cutoff = "2014-05-27T12:00:00Z";
const asOfMs = Date.parse(cutoff);

/** The accounts in batches of two, as a reader gives them. */
function directory(
  ids: readonly string[],
  ordinals?: readonly number[],
): () => AsyncGenerator<DirectoryBatch> {
  return async function* () {
    for (let at = 0; at < ids.length; at += 2) {
      yield await Promise.resolve({
        accountIds: ids.slice(at, at + 2),
        ordinals: ordinals === undefined ? null : Uint32Array.from(ordinals.slice(at, at + 2)),
      });
    }
  };
}

function request(given: Partial<BundleRequest> = {}): BundleRequest {
  return {
    policy: { version: 3, rules: [{ id: "r", measure: "reauthenticate", cohort: "one", cutoff }] },
    members: new Map([["one", ["u-1", "u-3", "u-1", "ghost"]]]),
    accounts: directory(["u-0", "u-1", "u-2", "u-3", "u-4"]),
    asOfMs,
    expiresAtMs: null,
    by: "account",
    privateKeyPem,
    ...given,
  };
}

function open({ bytes }: BuiltBundle): Bundle {
  const keys = [readBundlePublicKey(publicKeyPem)];
  return openBundle(bytes, { keys, threshold: 1, sha256, verify: verifyEd25519 });
}

describe("buildBundle", () => {
  it("signs the policy, the members and where they come from", async () => {
    const built = await buildBundle(request({ expiresAtMs: asOfMs + 1 }));
    expect(built.version).toBe(3);
    expect(built.sha256).toBe(createHash("sha256").update(built.bytes).digest("hex"));
    expect(signBundle(built.bytes, privateKeyPem)).toEqual(built.bytes);
    expect(built.report).toEqual({ accounts: 5, cohorts: [{ name: "one", members: 2, outside: 1 }] });
    const bundle = open(built);
    expect(bundle).toMatchObject({
      version: 3,
      asOfMs,
      expiresAtMs: asOfMs + 1,
      by: "account",
      accounts: 5,
      salt: 0,
    });
    expect(bundle.policy).toEqual({
      version: 3,
      rules: [{ id: "r", measure: "reauthenticate", cohort: "one", cutoff }],
    });
  });

  it("membership is exact for every account of the directory; an id outside it is no member and no error", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(fc.string({ minLength: 1, unit: "binary" }), { maxLength: 30 }),
        fc.array(fc.string({ minLength: 1, unit: "binary" }), { maxLength: 5 }),
        fc.constantFrom("account" as const, "ordinal" as const),
        fc.nat(6),
        async (ids, outside, by, every) => {
          const listed = ids.filter((_, index) => index % (every + 1) === 0);
          const members = new Map([["one", [...listed, ...outside]]]);
          const built = await buildBundle(request({ members, accounts: directory(ids), by }));
          const one = open(built).sets.get("one");
          const known = new Set(ids.filter((id) => listed.includes(id) || outside.includes(id)));
          expect(one?.members).toBe(known.size);
          for (const [ordinal, id] of ids.entries()) {
            expect(one?.has(id, null)).toBe(known.has(id));
            expect(one?.has(id, ordinal)).toBe(known.has(id));
          }
        },
      ),
      { numRuns: 100 },
    );
  });

  it("takes the ordinals of the directory, else its row order", async () => {
    const ids = ["u-0", "u-1", "u-2", "u-3", "u-4"];
    const rows = open(await buildBundle(request({ by: "ordinal" }))).sets.get("one");
    expect([0, 1, 2, 3, 4].map((ordinal) => rows?.has(null, ordinal))).toEqual([
      false,
      true,
      false,
      true,
      false,
    ]);
    const accounts = directory(ids, [4, 3, 2, 1, 0]);
    const column = open(await buildBundle(request({ by: "ordinal", accounts }))).sets.get("one");
    expect([0, 1, 2, 3, 4].map((ordinal) => column?.has(null, ordinal))).toEqual([
      false,
      true,
      false,
      true,
      false,
    ]);
    const shifted = directory(ids, [1, 0, 2, 4, 3]);
    const other = open(await buildBundle(request({ by: "ordinal", accounts: shifted }))).sets.get("one");
    expect([0, 1, 2, 3, 4].map((ordinal) => other?.has(null, ordinal))).toEqual([
      true,
      false,
      false,
      false,
      true,
    ]);
  });

  it.each([
    ["an ordinal twice", [0, 1, 1, 2, 3]],
    ["an ordinal that no bundle could hold", [0, 1, 2, 3, 2 ** 29]],
  ])("refuses %s", async (_, ordinals) => {
    const accounts = directory(["u-0", "u-1", "u-2", "u-3", "u-4"], ordinals);
    await expect(buildBundle(request({ by: "ordinal", accounts }))).rejects.toMatchObject({
      code: "ERR_INPUT",
    });
    // By account they don't matter.
    await buildBundle(request({ accounts }));
  });

  it("a listed cohort's cutoff later than the directory is wrong input; everyone's is not", async () => {
    const rules = (cohort: string | null, key: object): unknown => ({
      version: 1,
      rules: [
        { id: "first", measure: "redownload", epoch: 1, cohort: "one" },
        { id: "r", measure: "reauthenticate", ...(cohort === null ? {} : { cohort }), ...key },
      ],
    });
    const late = { cutoff: "2014-05-27T12:00:00.001Z" };
    await expect(buildBundle(request({ policy: rules("one", late) }))).rejects.toMatchObject({
      code: "ERR_INPUT",
      path: ["rules", 1, "cutoff"],
    });
    for (const [cohort, key] of [
      ["one", { cutoff }],
      ["one", { keys: ["k"] }],
      ["everyone", late],
      [null, late],
    ] as const) {
      await buildBundle(request({ policy: rules(cohort, key) }));
    }
  });

  it("refuses a policy that no gate would read, a cohort without members, and members of everyone", async () => {
    const policy = { version: 1, rules: [{ id: "r", measure: "reauthenticate", cohort: "two", cutoff }] };
    await expect(buildBundle(request({ policy }))).rejects.toMatchObject({ path: ["rules", 0, "cohort"] });
    const defined = { version: 1, rules: [], cohorts: { two: { accounts: [] } } };
    await expect(buildBundle(request({ policy: defined }))).rejects.toMatchObject({
      path: ["cohorts", "two"],
    });
    const members = new Map([["everyone", ["u-1"]]]);
    await expect(buildBundle(request({ policy: { version: 1, rules: [] }, members }))).rejects.toMatchObject({
      path: ["cohorts", "everyone"],
    });
  });

  it("refuses to write more than its limit", async () => {
    await expect(buildBundle(request({ bundleBytesMax: 300 }))).rejects.toMatchObject({
      code: "ERR_BUNDLE_SIZE",
    });
    // The limit holds with the signature.
    const { bytes } = await buildBundle(request());
    await expect(buildBundle(request({ bundleBytesMax: bytes.length - 1 }))).rejects.toMatchObject({
      code: "ERR_BUNDLE_SIZE",
    });
    await buildBundle(request({ bundleBytesMax: bytes.length }));
  });

  it("gives the same bytes for the same request", async () => {
    const first = await buildBundle(request());
    expect((await buildBundle(request())).bytes).toEqual(first.bytes);
    expect(signBundle(first.bytes, privateKeyPem)).toEqual(first.bytes);
  });
});

describe("exact cohorts", () => {
  const utf8 = new TextDecoder();
  /** Under the salts below `good` all hashes of `colliding` are the same. */
  function collidingHasher(good: number, colliding: readonly string[]): (salt: number) => BytesHasher {
    return (salt) => {
      const real = new AccountHasher(salt);
      return {
        high: 0,
        low: 0,
        readBytes(bytes, start, end) {
          real.readBytes(bytes, start, end);
          const collides = salt < good && colliding.includes(utf8.decode(bytes.slice(start, end)));
          this.high = collides ? 1 : real.high;
          this.low = collides ? 2 : real.low;
        },
      };
    };
  }
  const ids = ["u-0", "u-1", "u-2", "u-3", "u-4"];
  const listing = (shutsOutsidersOut: boolean): CohortToBuild => ({
    name: "one",
    members: ["u-1", "u-3", "ghost"],
    shutsOutsidersOut,
  });
  const given = (
    hasherOf: (salt: number) => BytesHasher,
    cohorts = [listing(false)],
  ): Parameters<typeof exactCohorts>[0] => ({
    cohorts,
    accounts: directory(ids),
    by: "account",
    wire: "smallest",
    threads: 1,
    hasherOf,
  });

  it.each([
    ["two members", ["u-1", "u-3"], true, 3],
    ["a member and an account that is none", ["u-3", "u-4"], true, 2],
    ["a member and an account that is none", ["u-3", "u-4"], false, 2],
    ["two accounts that are no members", ["u-0", "u-4"], true, 0],
    ["a member and an id outside the directory", ["u-1", "ghost"], true, 0],
    ["a member and an id outside the directory", ["u-1", "ghost"], false, 0],
  ])("take the next salt while these have one hash: %s", async (_, colliding, shutsOutsidersOut, salt) => {
    const hasherOf = collidingHasher(salt === 0 ? 9 : salt, colliding);
    const exact = await exactCohorts(given(hasherOf, [listing(shutsOutsidersOut)]));
    expect(exact.salt).toBe(salt);
    const [cohort] = exact.cohorts;
    expect(cohort).toMatchObject({ members: 2, outside: 1 });
    const { kind, bytes } = cohort?.account ?? { kind: "none", bytes: new Uint8Array(0) };
    const set = kind === "cascade" ? new Cascade(bytes) : new FingerprintSet(bytes, 2);
    const hasher = hasherOf(salt);
    for (const id of ids) {
      const encoded = Buffer.from(id);
      hasher.readBytes(encoded, 0, encoded.length);
      expect(set.has(hasher.high, hasher.low)).toBe(id === "u-1" || id === "u-3");
    }
  });

  it("a member of one cohort is an account like any other to the next one", async () => {
    const other = { name: "two", members: ["u-4"], shutsOutsidersOut: false };
    const exact = await exactCohorts(given(collidingHasher(5, ["u-3", "u-4"]), [listing(false), other]));
    expect(exact.salt).toBe(5);
  });

  it("give up when no salt does, which one account twice never lets any do", async () => {
    const hasherOf = collidingHasher(Infinity, ids);
    await expect(exactCohorts(given(hasherOf))).rejects.toThrow(/no salt below 64/);
  });
});
