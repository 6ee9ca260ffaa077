import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  entropyBitsPerMember,
  FingerprintIndex,
  Fingerprints,
  sortFingerprints,
  type Fingerprint,
} from "../src/index.ts";
import { sha256 } from "./test-crypto.ts";

/** Skewed on purpose: neighbours, the ends, equal high halves. */
const half = fc.oneof(fc.constantFrom(0, 1, 2 ** 31, 2 ** 32 - 1), fc.integer({ min: 0, max: 2 ** 32 - 1 }));
const fingerprint: fc.Arbitrary<Fingerprint> = fc.record({ high: half, low: half });

describe("fingerprints", () => {
  it("are the first 8 bytes of SHA-256 over domain, salt and id, as the specification says", () => {
    for (const [salt, id] of [
      [0, "u-1"],
      [1, "u-1"],
      [4_294_967_295, "Ünïcode 🎵"],
      [7, "x".repeat(5000)],
      [7, "y"],
    ] as const) {
      const saltBytes = Buffer.alloc(4);
      saltBytes.writeUInt32LE(salt);
      const digest = Buffer.from(
        sha256(Buffer.concat([Buffer.from("cordon account v1\n"), saltBytes, Buffer.from(id)])),
      );
      const expected = { high: digest.readUInt32BE(0), low: digest.readUInt32BE(4) };
      expect(new Fingerprints(salt, sha256).of(id)).toEqual(expected);
    }
  });

  it("are the same whatever was asked before", () => {
    const used = new Fingerprints(3, sha256);
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (id) => {
        expect(used.of(id)).toEqual(new Fingerprints(3, sha256).of(id));
      }),
    );
  });

  it("an index finds exactly its members", () => {
    const text = ({ high, low }: Fingerprint): string => `${high}/${low}`;
    fc.assert(
      fc.property(
        fc.uniqueArray(fingerprint, { selector: text, maxLength: 200 }),
        fc.array(fingerprint, { maxLength: 50 }),
        (inside, others) => {
          const bytes = sortFingerprints(inside, inside.length);
          const index = new FingerprintIndex(bytes ?? new Uint8Array(0));
          const known = new Set(inside.map(text));
          expect(index.size).toBe(inside.length);
          for (const one of [...inside, ...others]) expect(index.has(one)).toBe(known.has(text(one)));
          // Neighbours on either side.
          for (const { high, low } of inside) {
            const next =
              low === 2 ** 32 - 1 ? { high: (high + 1) % 2 ** 32, low: 0 } : { high, low: low + 1 };
            expect(index.has(next)).toBe(known.has(text(next)));
          }
        },
      ),
    );
  });

  it("two that are the same cannot be sorted into an index", () => {
    expect(
      sortFingerprints(
        [
          { high: 1, low: 2 },
          { high: 3, low: 4 },
          { high: 1, low: 2 },
        ],
        3,
      ),
    ).toBeNull();
  });
});

describe("entropyBitsPerMember", () => {
  it("is log2 C(n, k) / k", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 120 }), fc.nat(120), (accounts, drawn) => {
        const members = Math.min(Math.max(drawn, 1), accounts);
        let choices = 1n;
        for (let i = 0; i < members; i++) choices = (choices * BigInt(accounts - i)) / BigInt(i + 1);
        expect(entropyBitsPerMember(accounts, members)).toBeCloseTo(Math.log2(Number(choices)) / members, 9);
      }),
    );
  });

  it("is what the field notes say for 40 million accounts, and 0 without members", () => {
    expect(entropyBitsPerMember(40_000_000, 40_000)).toBeCloseTo(11.41, 2);
    expect(entropyBitsPerMember(40_000_000, 400_000)).toBeCloseTo(8.08, 2);
    expect(entropyBitsPerMember(40_000_000, 0)).toBe(0);
    expect(entropyBitsPerMember(5, 5)).toBe(0);
  });
});
