import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  BundleError,
  checkFreshness,
  encodeBundle,
  noAccounts,
  noOrdinals,
  inspectBundle,
  isExpired,
  openBundle,
  readLayout,
} from "../src/index.ts";

import { testBundle, type TestContents } from "./test-bundle.ts";
import { sha256, signedBy, testKey, verifyEd25519 } from "./test-crypto.ts";

const key = testKey(1);

function open(bytes: Uint8Array, bundleBytesMax?: number): ReturnType<typeof openBundle> {
  const trust = { keys: [key.publicKey], threshold: 1, sha256, verify: verifyEd25519 };
  return openBundle(bytes, bundleBytesMax === undefined ? trust : { ...trust, bundleBytesMax });
}

const accountId = fc.oneof(
  fc.string({ minLength: 1, unit: "binary" }),
  fc.nat(50).map((n) => `u-${n}`),
);
const members = fc.uniqueArray(accountId, { maxLength: 60 });

describe("a bundle's contents", () => {
  it("come out as they went in", () => {
    fc.assert(
      fc.property(
        fc.record({
          version: fc.maxSafeNat(),
          rules: fc.jsonValue(),
          asOfMs: fc.maxSafeInteger(),
          expiresAtMs: fc.option(fc.maxSafeInteger()),
          by: fc.constantFrom("account" as const, "ordinal" as const),
          accounts: fc.nat(2 ** 29),
          salt: fc.integer({ min: 0, max: 2 ** 32 - 1 }),
        }),
        (given) => {
          const bundle = open(signedBy(testBundle(given), key));
          const { rules, ...rest } = given;
          expect(bundle).toMatchObject(rest);
          const asJson: unknown = JSON.parse(JSON.stringify(rules));
          expect(bundle.policy).toEqual({ version: given.version, rules: asJson });
        },
      ),
    );
  });

  it("hold exactly the members, by account and by ordinal", () => {
    fc.assert(
      fc.property(
        members,
        members,
        fc.constantFrom("account" as const, "ordinal" as const),
        fc.integer({ min: 0, max: 2 ** 32 - 1 }),
        fc.boolean(),
        fc.constantFrom("smallest" as const, "fast" as const),
        (inside, drawn, by, salt, isCascade, wire) => {
          const ordinals = Object.fromEntries(inside.map((id, index) => [id, index * 3]));
          const others = drawn.filter((id) => !inside.includes(id));
          const contents = { by, salt, accounts: 300, wire, cohorts: { one: ordinals, two: {} } };
          const bytes = testBundle(isCascade ? { ...contents, others } : contents);
          const { sets, prepare } = open(signedBy(bytes, key));
          prepare();
          const one = sets.get("one");
          expect(one?.members).toBe(inside.length);
          for (const id of inside) expect(one?.has(id, null)).toBe(true);
          for (const id of others) expect(one?.has(id, null)).toBe(false);
          for (let ordinal = 0; ordinal < 200; ordinal++) {
            const isMember = ordinal % 3 === 0 && ordinal / 3 < inside.length;
            // By account, an ordinal says nothing; by ordinal, it alone decides.
            const [id = "u-1"] = inside.length > 0 ? inside : others;
            const expected = by === "ordinal" ? isMember : inside.length > 0;
            if (by === "ordinal" || inside.length + others.length > 0)
              expect(one?.has(id, ordinal)).toBe(expected);
          }
          expect(sets.get("two")?.has(inside[0] ?? "u-1", 0)).toBe(false);
        },
      ),
    );
  });

  it("by ordinal: a request without ordinal is looked up by account", () => {
    const bundle = testBundle({ by: "ordinal", cohorts: { one: { "u-1": 5 } } });
    const one = open(signedBy(bundle, key)).sets.get("one");
    expect(one?.has("u-1", null)).toBe(true);
    expect(one?.has("u-2", null)).toBe(false);
    expect(one?.has(null, 5)).toBe(true);
    for (const beyond of [6, 4_294_967_301, Number.MAX_SAFE_INTEGER])
      expect(one?.has(null, beyond)).toBe(false);
    expect(one?.has(null, null)).toBe(false);
  });

  it("know no id that is no sequence of code points", () => {
    const one = open(signedBy(testBundle({ cohorts: { one: { "\ufffd": 0 } } }), key)).sets.get("one");
    expect(one?.has("\ufffd", null)).toBe(true);
    expect(one?.has("\ud83c", null)).toBe(false);
  });

  it("take less than 1 kB for a list of one account", () => {
    const bytes = signedBy(
      testBundle({ rules: [{ id: "r", measure: "reauthenticate" }], cohorts: { one: { "u-1": 0 } } }),
      key,
    );
    expect(bytes.length).toBeLessThan(1000);
  });

  it("say what each cohort takes in the file: without one the file is so much shorter", () => {
    const one = { "u-1": 3, "u-2": 4 };
    const two = { "u-3": 2 };
    for (const by of ["account", "ordinal"] as const) {
      const both = testBundle({ by, cohorts: { one, "two ü": two } });
      const first = testBundle({ by, cohorts: { one } });
      const taken = inspectBundle(both).sets.get("two ü")?.bytes;
      expect(both.length - first.length).toBe(taken);
    }
  });
});

describe("what nobody writes is refused, signed or not", () => {
  function resigned(change: (bytes: Buffer) => Uint8Array, contents: TestContents = {}): Uint8Array {
    const unsigned = testBundle({ cohorts: { one: { a: 0, b: 9 } }, ...contents });
    return signedBy(change(Buffer.from(unsigned)), key);
  }
  const isRefused = (bytes: Uint8Array): void => {
    expect(() => open(bytes).prepare()).toThrow(BundleError);
  };
  /** Where the entry of cohort `one` begins: after the header, the manifest and the number of cohorts. */
  const entryAt = (bytes: Buffer): number => 16 + bytes.readUInt32LE(12) + 2;
  const byOrdinal = { by: "ordinal" as const };

  it("lengths that reach past the end, without allocating for them", () => {
    for (const offset of [0, 10, 15]) {
      isRefused(resigned((bytes) => bytes.fill(0xff, entryAt(bytes) + offset, entryAt(bytes) + offset + 2)));
    }
    isRefused(resigned((bytes) => bytes.fill(0xff, 12, 16)));
  });

  it.each<readonly [string, number, number, TestContents]>([
    ["more members than accounts", 5, 101, {}],
    ["an unknown kind of accounts", 9, 3, {}],
    ["accounts of no kind", 9, 0, {}],
    ["an unknown kind of ordinals", 14, 4, byOrdinal],
    ["ordinals of no kind", 14, 0, byOrdinal],
    ["ordinals in a bundle by account", 14, 1, {}],
    ["a section for no members", 5, 0, {}],
  ])("%s", (_, offset, value, contents) => {
    const changed = resigned((bytes) => {
      bytes[entryAt(bytes) + offset] = value;
      return bytes;
    }, contents);
    expect(() => open(changed)).toThrow(expect.objectContaining({ code: "ERR_BUNDLE_FORMAT" }));
  });

  it("a bundle by ordinal that says it is by account", () => {
    isRefused(
      resigned(
        (bytes) =>
          Buffer.from(bytes.toString("latin1").replace('"by":"ordinal"', '"by":"account"'), "latin1"),
        byOrdinal,
      ),
    );
  });

  it("ordinals that would take more memory than all may together", () => {
    // Nine cohorts of coded bitmaps of 2^29 accounts.
    const accounts = 2 ** 29;
    const cohorts = Array.from({ length: 9 }, (_, index) => ({
      name: `c-${index}`,
      members: 1,
      account: noAccounts,
      ordinal: { kind: "rans" as const, bytes: Uint8Array.of(1) },
    }));
    const manifest = { policy: { version: 1, rules: [] }, asOfMs: 0, expiresAtMs: null, salt: 0, accounts };
    const contents = { ...manifest, by: "ordinal" as const };
    const size: unknown = expect.objectContaining({ code: "ERR_BUNDLE_SIZE" });
    expect(() => encodeBundle({ ...contents, cohorts }, 10_000)).toThrow(size);
    const eight = encodeBundle({ ...contents, cohorts: cohorts.slice(0, 8) }, 10_000);
    expect(inspectBundle(eight).sets.size).toBe(8);
    const few = encodeBundle({ ...contents, accounts: 1000, cohorts }, 10_000);
    const lie = Buffer.from(few)
      .toString("latin1")
      .replace('"accounts":1000,"salt":0', '"accounts":5e8 ,"salt":0');
    expect(() => inspectBundle(Buffer.from(lie, "latin1"))).toThrow(size);
  });

  it("a malformed section is refused by prepare, or at the first look-up that needs it, with a BundleError", () => {
    const broken = resigned((bytes) => {
      // The fingerprints' buckets, the first byte after the table's one entry.
      bytes[entryAt(bytes) + 19] = 0;
      return bytes;
    });
    const bundle = open(broken);
    expect(() => bundle.sets.get("one")?.has("a", null)).toThrow(BundleError);
    expect(() => bundle.prepare()).toThrow(BundleError);
  });

  it("bytes after the last section", () => {
    const longer = resigned((bytes) => {
      const changed = Buffer.concat([bytes.subarray(0, -1), Buffer.of(0), bytes.subarray(-1)]);
      changed.writeUInt32LE(changed.readUInt32LE(8) + 1, 8);
      return changed;
    });
    expect(() => open(longer)).toThrow("bytes after its last section");
  });

  it("a manifest with other keys or values", () => {
    for (const [from, to] of [
      ['"salt":0', '"salt":x'],
      ['"salt":0', '"malt":0'],
      ['"version":7', '"version":-'],
      ['"version":7', '"versioN":7'],
      ['"accounts":100', '"accounts":1.5'],
      ['"by":"account"', '"by":"nothing"'],
      ['"rules":[]', '"rules":[}'],
      [',"rules":[]', "           "],
    ] as const) {
      isRefused(
        resigned((bytes) => Buffer.from(Buffer.from(bytes).toString("latin1").replace(from, to), "latin1")),
      );
    }
  });

  it("anything at all: any change to the contents, signed anew, opens or is refused with a BundleError", () => {
    const original = testBundle({
      by: "ordinal",
      rules: [{ id: "r" }],
      cohorts: { one: { a: 0, b: 9 }, two: {} },
    });
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(original.length - 14), fc.integer({ min: 0, max: 255 })), {
          minLength: 1,
          maxLength: 4,
        }),
        (changes) => {
          const changed = original.slice();
          for (const [at, byte] of changes) changed[12 + at] = byte;
          if (readLayoutOrNull(changed) === null) return;
          try {
            inspectBundle(changed).prepare();
          } catch (error) {
            expect(error).toBeInstanceOf(BundleError);
          }
        },
      ),
      { numRuns: 3000 },
    );
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        expect(() => inspectBundle(bytes)).toThrow(BundleError);
      }),
    );
  });

  function readLayoutOrNull(bytes: Uint8Array): unknown {
    try {
      return readLayout(bytes, bytes.length);
    } catch {
      return null;
    }
  }
});

describe("limits", () => {
  it("a file over the size limit is refused before it is looked at", () => {
    const bytes = signedBy(testBundle(), key);
    expect(open(bytes, bytes.length).version).toBe(7);
    expect(() => open(bytes, bytes.length - 1)).toThrow(expect.objectContaining({ code: "ERR_BUNDLE_SIZE" }));
    expect(() => open(new Uint8Array(64 * 1024 * 1024 + 1))).toThrow(
      expect.objectContaining({ code: "ERR_BUNDLE_SIZE" }),
    );
  });

  it("nothing over the size limit is written, and nothing allocated for it", () => {
    const far = new Uint8Array(1000).fill(1);
    const cohort = { members: 1000, account: noAccounts, ordinal: { kind: "bitmap" as const, bytes: far } };
    const contents = {
      policy: { version: 1, rules: [] },
      asOfMs: 0,
      expiresAtMs: null,
      by: "ordinal" as const,
      accounts: 2 ** 29,
      salt: 0,
      // Half a terabyte, all of it one array.
      cohorts: Array.from({ length: 65_535 }, (_, index) => ({
        ...cohort,
        name: `${index}`,
        ordinal: { kind: "bitmap" as const, bytes: big },
      })),
    };
    expect(() => encodeBundle(contents, 64 * 1024 * 1024)).toThrow(
      expect.objectContaining({ code: "ERR_BUNDLE_SIZE" }),
    );
    expect(() => encodeBundle({ ...contents, cohorts: [{ ...cohort, name: "a" }] }, 1000)).toThrow(
      expect.objectContaining({ code: "ERR_BUNDLE_SIZE" }),
    );
  });
  const big = new Uint8Array(8_000_000);

  it("two cohorts of one name are not written", () => {
    const cohort = { name: "twice", members: 0, account: noAccounts, ordinal: noOrdinals };
    const manifest = {
      policy: { version: 1, rules: [] },
      asOfMs: 0,
      expiresAtMs: null,
      by: "account" as const,
    };
    const contents = { ...manifest, accounts: 0, salt: 0, cohorts: [cohort, cohort] };
    expect(() => encodeBundle(contents, 10_000)).toThrow(BundleError);
  });
});

describe("freshness", () => {
  const given = { nowMs: 1000, versionInForce: null, keepServing: false };

  it("an older version than the one in force is refused; the same and a newer one are not", () => {
    const bundle = { version: 7, expiresAtMs: null };
    expect(() => checkFreshness(bundle, { ...given, versionInForce: 8 })).toThrow(
      expect.objectContaining({ code: "ERR_BUNDLE_ROLLBACK" }),
    );
    for (const versionInForce of [null, 6, 7]) checkFreshness(bundle, { ...given, versionInForce });
  });

  it("expired is now ≥ expires; keep-serving goes on; never by default", () => {
    const at = (expiresAtMs: number | null): { version: number; expiresAtMs: number | null } => ({
      version: 1,
      expiresAtMs,
    });
    expect(isExpired(at(1000), 1000)).toBe(true);
    expect(isExpired(at(1001), 1000)).toBe(false);
    expect(isExpired(at(null), Number.MAX_SAFE_INTEGER)).toBe(false);
    expect(() => checkFreshness(at(1000), given)).toThrow(
      expect.objectContaining({ code: "ERR_BUNDLE_EXPIRED" }),
    );
    checkFreshness(at(1000), { ...given, keepServing: true });
    // Expired or not, an older version stays out.
    expect(() => checkFreshness(at(1000), { ...given, keepServing: true, versionInForce: 2 })).toThrow(
      BundleError,
    );
  });
});
