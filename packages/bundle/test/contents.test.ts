import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  BundleError,
  checkFreshness,
  encodeBundle,
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
          accounts: fc.maxSafeNat(),
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
        (inside, others, by, salt) => {
          const ordinals = Object.fromEntries(inside.map((id, index) => [id, index * 3]));
          const { sets } = open(signedBy(testBundle({ by, salt, cohorts: { one: ordinals, two: {} } }), key));
          const one = sets.get("one");
          expect(one?.members).toBe(inside.length);
          for (const id of inside) expect(one?.has(id, null)).toBe(true);
          for (const id of others) expect(one?.has(id, null)).toBe(inside.includes(id));
          for (let ordinal = 0; ordinal < 200; ordinal++) {
            const isMember = ordinal % 3 === 0 && ordinal / 3 < inside.length;
            // By account, an ordinal says nothing; by ordinal, it alone decides.
            const expected = by === "ordinal" ? isMember : inside.includes("u-1");
            expect(one?.has("u-1", ordinal)).toBe(expected);
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
      const taken = inspectBundle(both, { sha256 }).sets.get("two ü")?.bytes;
      expect(both.length - first.length).toBe(taken);
    }
  });
});

describe("what nobody writes is refused, signed or not", () => {
  function resigned(change: (bytes: Uint8Array) => Uint8Array, contents: TestContents = {}): Uint8Array {
    return signedBy(change(testBundle({ cohorts: { one: { a: 0, b: 9 } }, ...contents })), key);
  }
  const isRefused = (bytes: Uint8Array): void => {
    expect(() => open(bytes)).toThrow(BundleError);
  };
  /** Where the section of cohort `one` begins: after the header, the manifest and the number of cohorts. */
  const sectionAt = (bytes: Uint8Array): number => 16 + Buffer.from(bytes).readUInt32LE(12) + 2;

  it("lengths that reach past the end, without allocating for them", () => {
    for (const [offset, size] of [
      [0, 2],
      [5, 4],
      [9, 4],
    ] as const) {
      isRefused(
        resigned((bytes) => {
          const changed = bytes.slice();
          changed.fill(0xff, sectionAt(bytes) + offset, sectionAt(bytes) + offset + size);
          return changed;
        }),
      );
    }
    isRefused(
      resigned((bytes) => {
        const changed = bytes.slice();
        changed.fill(0xff, 12, 16);
        return changed;
      }),
    );
  });

  it("fingerprints out of order, or one twice", () => {
    for (const swap of [true, false]) {
      isRefused(
        resigned((bytes) => {
          const changed = bytes.slice();
          const at = sectionAt(bytes) + 13;
          const second = bytes.slice(at + 8, at + 16);
          changed.set(bytes.slice(at, at + 8), at + 8);
          if (swap) changed.set(second, at);
          return changed;
        }),
      );
    }
  });

  it("a bitmap in a bundle by account, and one that does not count as many", () => {
    const byOrdinal = { by: "ordinal" as const };
    isRefused(
      resigned((bytes) => {
        const changed = bytes.slice();
        const at = sectionAt(bytes) + 13;
        changed[at] = 0xff;
        return changed;
      }, byOrdinal),
    );
    isRefused(
      resigned((bytes) => {
        const text = Buffer.from(bytes).toString("latin1").replace('"by":"ordinal"', '"by":"account"');
        return Buffer.from(text, "latin1");
      }, byOrdinal),
    );
  });

  it("a bitmap that is longer than it need be", () => {
    const longer = resigned(
      (bytes) => {
        // One bitmap byte more, a zero, and the lengths that go with it.
        const at = sectionAt(bytes) + 13 + 2;
        const changed = Buffer.concat([bytes.slice(0, at), Buffer.of(0), bytes.slice(at)]);
        changed.writeUInt32LE(changed.readUInt32LE(8) + 1, 8);
        changed.writeUInt32LE(changed.readUInt32LE(at - 6) + 1, at - 6);
        return changed;
      },
      { by: "ordinal" },
    );
    expect(() => open(longer)).toThrow("a bitmap that ends in nothing");
  });

  it("bytes after the last cohort", () => {
    const longer = resigned((bytes) => {
      const changed = Buffer.concat([bytes.slice(0, -1), Buffer.of(0), bytes.slice(-1)]);
      changed.writeUInt32LE(changed.readUInt32LE(8) + 1, 8);
      return changed;
    });
    expect(() => open(longer)).toThrow("bytes after its last cohort");
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
            inspectBundle(changed, { sha256 });
          } catch (error) {
            expect(error).toBeInstanceOf(BundleError);
          }
        },
      ),
      { numRuns: 3000 },
    );
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        expect(() => inspectBundle(bytes, { sha256 })).toThrow(BundleError);
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
    const contents = {
      policy: { version: 1, rules: [] },
      asOfMs: 0,
      expiresAtMs: null,
      by: "ordinal" as const,
      accounts: 1,
      salt: 0,
      cohorts: [{ name: "far", fingerprints: new Uint8Array(8), ordinals: Uint32Array.of(4_294_967_295) }],
    };
    expect(() => encodeBundle(contents, 64 * 1024 * 1024)).toThrow(
      expect.objectContaining({ code: "ERR_BUNDLE_SIZE" }),
    );
  });

  it("two cohorts of one name are not written", () => {
    const cohort = { name: "twice", fingerprints: new Uint8Array(0), ordinals: null };
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
