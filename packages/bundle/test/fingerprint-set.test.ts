import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { BundleError, encodeFingerprints, fingerprintBytesMost, FingerprintSet } from "../src/index.ts";
import { part, randomHashes } from "./random-hashes.ts";

describe("fingerprints", () => {
  it("find exactly their members, and not their neighbours", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 600 }), fc.integer({ min: 1 }), (count, seed) => {
        const members = randomHashes(count, seed);
        const bytes = encodeFingerprints(members);
        // Neighbours in the lowest bits may well have one fingerprint.
        if (bytes === null) return;
        expect(bytes.length).toBeLessThanOrEqual(fingerprintBytesMost(count));
        const set = new FingerprintSet(bytes, count);
        const bits = 32 + Math.floor(Math.log2(count)) + 1;
        const shift = BigInt(64 - bits);
        const whole = (i: number): bigint =>
          ((BigInt(members.high[i] ?? 0) << 32n) | BigInt(members.low[i] ?? 0)) >> shift;
        const known = new Set(Array.from({ length: count }, (_, i) => whole(i)));
        for (let i = 0; i < count; i++) {
          expect(set.has(members.high[i] ?? 0, members.low[i] ?? 0)).toBe(true);
          for (const neighbour of [whole(i) + 1n, whole(i) - 1n]) {
            if (neighbour < 0n || neighbour >> BigInt(bits) > 0n) continue;
            const hash = neighbour << shift;
            const found = set.has(Number(hash >> 32n), Number(hash & 0xffff_ffffn));
            expect(found).toBe(known.has(neighbour));
          }
        }
      }),
      { numRuns: 200 },
    );
  });

  it("have so many bits that an id outside is found with a chance below 2^-32: members / 2^bits", () => {
    // The bits follow from the members alone: 32 and those of a power of two above their number.
    for (const members of [1, 2, 3, 4, 7, 8, 1023, 1024, 4_000_000, 2 ** 31]) {
      const bytesMost = fingerprintBytesMost(members);
      const buckets = (bytesMost - 4 * members) * 8 - members;
      expect(buckets).toBeGreaterThan(members);
      expect(members / (2 ** 32 * 2 ** Math.floor(Math.log2(members) + 1))).toBeLessThan(2 ** -32);
    }
    // And they are looked at: of a million others not one is found among a thousand.
    const members = randomHashes(1000, 77);
    const set = new FingerprintSet(encodeFingerprints(members) ?? new Uint8Array(0), 1000);
    const others = randomHashes(1_000_000, 78);
    let found = 0;
    for (let i = 0; i < others.count; i++) if (set.has(others.high[i] ?? 0, others.low[i] ?? 0)) found++;
    expect(found).toBe(0);
  });

  it("that are the same for two members are not written", () => {
    const members = randomHashes(50, 4);
    members.high[9] = members.high[30] ?? 0;
    members.low[9] = members.low[30] ?? 0;
    expect(encodeFingerprints(members)).toBeNull();
  });

  it("do not depend on the order of the members", () => {
    const members = randomHashes(300, 6);
    const reversed = { count: 300, high: members.high.toReversed(), low: members.low.toReversed() };
    expect(encodeFingerprints(reversed)).toEqual(encodeFingerprints(members));
  });

  it("cut, extended, out of order, or for another number of members are refused with a BundleError", () => {
    const bytes = encodeFingerprints(randomHashes(40, 8)) ?? new Uint8Array(0);
    const isRefused = (section: Uint8Array, members = 40): void => {
      expect(() => new FingerprintSet(section, members)).toThrow(BundleError);
    };
    for (let length = 0; length < bytes.length; length++) isRefused(bytes.subarray(0, length));
    isRefused(Uint8Array.of(...bytes, 0));
    isRefused(Uint8Array.of(0, ...bytes));
    for (const members of [0, 39, 41, 2 ** 31]) isRefused(bytes, members);
    for (const [first, second] of [
      [5, 4],
      [5, 5],
    ] as const) {
      // Two members in the first of four buckets: bits 1, 1.
      const section = Buffer.alloc(9);
      section[0] = 0b11;
      section.writeUInt32LE(first, 1);
      section.writeUInt32LE(second, 5);
      isRefused(section, 2);
    }
    isRefused(Buffer.from([0b111, 4, 0, 0, 0, 5, 0, 0, 0]), 2);
    const right = Buffer.from([0b11, 4, 0, 0, 0, 5, 0, 0, 0]);
    expect(new FingerprintSet(right, 2).has(0, 4 << 30)).toBe(false);
    expect(part(randomHashes(3, 1), 1, 2).count).toBe(1);
  });
});
