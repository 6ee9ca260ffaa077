import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  BundleError,
  Cascade,
  constructCascade,
  encodeCascade,
  entropyBitsPerMember,
  type AccountHashes,
} from "../src/index.ts";
import { part, randomHashes } from "./random-hashes.ts";

function wrongIn(set: Cascade, { count, high, low }: AccountHashes, expected: boolean): number {
  let wrong = 0;
  for (let i = 0; i < count; i++) if (set.has(high[i] ?? 0, low[i] ?? 0) !== expected) wrong++;
  return wrong;
}

function constructed(listed: AccountHashes, others: AccountHashes, isComplement = false): Uint8Array {
  const bytes = constructCascade(listed, others, isComplement);
  if (bytes === null) throw new Error("two accounts collide");
  return bytes;
}

describe("a cascade", () => {
  it("says of every account of the directory what is true, at every density", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 3000 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.integer({ min: 1 }),
        fc.boolean(),
        (accounts, density, seed, isComplement) => {
          const all = randomHashes(accounts, seed);
          const listedCount = Math.round(accounts * density);
          const listed = part(all, 0, listedCount);
          const others = part(all, listedCount, accounts);
          const set = new Cascade(constructed(listed, others, isComplement));
          expect(wrongIn(set, listed, !isComplement)).toBe(0);
          expect(wrongIn(set, others, isComplement)).toBe(0);
        },
      ),
      { numRuns: 150 },
    );
  });

  it("is at most 25 % over the entropy for 20,000 of 200,000 accounts, and exact", () => {
    const all = randomHashes(200_000, 5);
    const listed = part(all, 0, 20_000);
    const others = part(all, 20_000, 200_000);
    const bytes = constructed(listed, others);
    const bitsPerMember = (bytes.length * 8) / 20_000;
    expect(bitsPerMember / entropyBitsPerMember(200_000, 20_000)).toBeLessThan(1.25);
    const set = new Cascade(bytes);
    expect(wrongIn(set, listed, true) + wrongIn(set, others, false)).toBe(0);
  });

  it("is the same for the same accounts", () => {
    const all = randomHashes(5000, 9);
    const once = constructed(part(all, 0, 400), part(all, 400, 5000));
    expect(constructed(part(all, 0, 400), part(all, 400, 5000))).toEqual(once);
  });

  it("cannot be made when a listed account's hash is another's", () => {
    const all = randomHashes(300, 2);
    const listed = part(all, 0, 100);
    // Every listed account stands among the others too: some pass level 1, and none can be told apart.
    expect(constructCascade(listed, all, false)).toBeNull();
    const twice = part(all, 0, 100);
    twice.high[7] = twice.high[3] ?? 0;
    twice.low[7] = twice.low[3] ?? 0;
    expect(constructCascade(twice, part(all, 100, 300), false)).toBeNull();
  });

  it("of nobody, and of everybody, is two levels that are not there", () => {
    const nobody = constructed(part(randomHashes(3, 1), 0, 0), randomHashes(3, 1));
    expect([...nobody]).toEqual([0, 0, 0]);
    expect(new Cascade(nobody).has(1, 2)).toBe(false);
    const everybody = encodeCascade({ isComplement: true, level1: null, level2: null });
    expect([...everybody]).toEqual([1, 0, 0]);
    expect(new Cascade(everybody).has(1, 2)).toBe(true);
  });

  it("with any bytes changed, cut or added opens as another cascade or is refused with a BundleError", () => {
    const all = randomHashes(400, 3);
    const bytes = constructed(part(all, 0, 40), part(all, 40, 400));
    for (let length = 0; length < bytes.length; length++) {
      expect(() => new Cascade(bytes.subarray(0, length))).toThrow(BundleError);
    }
    expect(() => new Cascade(Uint8Array.of(...bytes, 0))).toThrow(BundleError);
    for (let at = 0; at < bytes.length; at++) {
      for (const other of [0, 1, 24, 25, 127, 255]) {
        const changed = bytes.slice();
        changed[at] = other;
        try {
          new Cascade(changed).has(1, 2);
        } catch (error) {
          expect(error).toBeInstanceOf(BundleError);
        }
      }
    }
  });

  it("with a shape out of range is refused, not allocated", () => {
    const level = (valueBits: number, segmentBits: number, segments: number): Uint8Array => {
      const bytes = Buffer.alloc(11);
      bytes[1] = valueBits;
      bytes[2] = segmentBits;
      bytes.writeUInt32LE(segments, 3);
      return bytes;
    };
    for (const [valueBits, segmentBits, segments] of [
      [25, 1, 1],
      [1, 17, 1],
      [1, 1, 0],
      [1, 16, 2 ** 20 + 1],
      [24, 16, 2 ** 20],
    ] as const) {
      expect(() => new Cascade(level(valueBits, segmentBits, segments))).toThrow(BundleError);
    }
    // As long as its shape asks for, but with more segments than an exact product allows.
    const levels = (segments: number): Buffer => {
      const level2 = Buffer.from(level(1, 0, segments).subarray(1));
      return Buffer.concat([Buffer.alloc(2), level2, Buffer.alloc(Math.ceil((segments + 3) / 8))]);
    };
    expect(new Cascade(levels(2 ** 20)).has(1, 2)).toBe(false);
    expect(() => new Cascade(levels(2 ** 20 + 1))).toThrow("a shape out of range");
  });
});
