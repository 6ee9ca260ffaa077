import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  BundleError,
  decodeOrdinals,
  encodeOrdinals,
  entropyBitsPerMember,
  ordinalsOf,
  type OrdinalKind,
} from "../src/index.ts";
import { bitmapOf } from "./test-bundle.ts";
import { xorshift } from "./random-hashes.ts";

function randomBitmap(accounts: number, members: number, seed: number): Uint8Array {
  const next = xorshift(seed);
  const bitmap = new Uint8Array(Math.ceil(accounts / 8));
  for (let set = 0; set < members;) {
    const ordinal = next() % accounts;
    const bit = 1 << (ordinal & 7);
    if (((bitmap[ordinal >>> 3] ?? 0) & bit) !== 0) continue;
    bitmap[ordinal >>> 3] = (bitmap[ordinal >>> 3] ?? 0) | bit;
    set++;
  }
  return bitmap;
}

const withoutEnd = (bitmap: Uint8Array): readonly number[] => {
  const bytes = [...bitmap];
  while (bytes.at(-1) === 0) bytes.pop();
  return bytes;
};

describe("ordinals", () => {
  it("come out as they went in, at every density and by either way", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 20_000 }),
        fc.oneof(fc.constantFrom(0, 1, 0.001, 0.01), fc.double({ min: 0, max: 1, noNaN: true })),
        fc.integer({ min: 1 }),
        fc.constantFrom("smallest" as const, "fast" as const),
        (accounts, density, seed, wire) => {
          const members = Math.round(accounts * density);
          const bitmap = randomBitmap(accounts, members, seed);
          const encoded = encodeOrdinals(bitmap, wire);
          expect(encoded.members).toBe(members);
          expect(encodeOrdinals(bitmap, wire)).toEqual(encoded);
          const decoded = decodeOrdinals(encoded.section, { members, accounts });
          expect([...decoded]).toEqual(withoutEnd(bitmap));
        },
      ),
      { numRuns: 300 },
    );
  });

  it("that lie together come out too: runs, one at either end, all but one", () => {
    const accounts = 3000;
    const all = Array.from({ length: accounts }, (_, ordinal) => ordinal);
    for (const ordinals of [
      [0],
      [2999],
      [0, 2999],
      all,
      all.slice(1),
      all.slice(0, -1),
      all.slice(900, 1100),
    ]) {
      const { members, section } = encodeOrdinals(bitmapOf(ordinals), "smallest");
      expect([...ordinalsOf(decodeOrdinals(section, { members, accounts }))]).toEqual(ordinals);
    }
  });

  it.each<readonly [number, OrdinalKind, number]>([
    [1000, "gaps", 1.02],
    [10_000, "gaps", 1.02],
    [100_000, "rans", 1.02],
    [500_000, "bitmap", 1.01],
  ])("%d of 1,000,000 take %s, close to the entropy", (members, kind, over) => {
    const { section } = encodeOrdinals(randomBitmap(1_000_000, members, 42), "smallest");
    expect(section.kind).toBe(kind);
    const bitsPerMember = (section.bytes.length * 8) / members;
    expect(bitsPerMember / entropyBitsPerMember(1_000_000, members)).toBeLessThan(over);
  });

  it("of more accounts than a bundle can hold are not written", () => {
    const far = new Uint8Array(2 ** 26 + 1);
    far[2 ** 26] = 1;
    expect(() => encodeOrdinals(far, "fast")).toThrow(expect.objectContaining({ code: "ERR_BUNDLE_SIZE" }));
  });

  describe.each<readonly [OrdinalKind, number, number, "smallest" | "fast"]>([
    ["gaps", 50, 9000, "smallest"],
    ["rans", 8000, 40_000, "smallest"],
    ["bitmap", 900, 9000, "fast"],
  ])("as %s", (kind, members, accounts, wire) => {
    const { section } = encodeOrdinals(randomBitmap(accounts, members, 11), wire);
    const refused = (bytes: Uint8Array, given = { members, accounts }): void => {
      expect(() => decodeOrdinals({ kind, bytes }, given)).toThrow(BundleError);
    };

    it("are refused with a BundleError when cut, extended, or of another number of members or accounts", () => {
      expect(section.kind).toBe(kind);
      const { bytes } = section;
      for (let length = 0; length < bytes.length; length++) refused(bytes.subarray(0, length));
      for (const byte of [0, 1, 255]) refused(Uint8Array.of(...bytes, byte));
      for (const other of [0, members - 1, members + 1, 2 ** 31])
        refused(bytes, { members: other, accounts });
      const ordinals = ordinalsOf(decodeOrdinals(section, { members, accounts }));
      refused(bytes, { members, accounts: ordinals.at(-1) ?? 0 });
      refused(bytes, { members, accounts: 1 });
    });

    it("with any byte changed come out as so many members, or are refused with a BundleError", () => {
      for (let at = 0; at < section.bytes.length; at++) {
        for (const change of [1, 0x10, 0x80, 0xff]) {
          const bytes = section.bytes.slice();
          bytes[at] = (bytes[at] ?? 0) ^ change;
          try {
            const decoded = decodeOrdinals({ kind, bytes }, { members, accounts });
            expect(ordinalsOf(decoded).length).toBe(members);
          } catch (error) {
            expect(error).toBeInstanceOf(BundleError);
          }
        }
      }
    });
  });

  it("with a word too many, or a bit in what fills the last byte, are refused", () => {
    const rans = encodeOrdinals(randomBitmap(40_000, 8000, 3), "smallest").section;
    const given = { members: 8000, accounts: 40_000 };
    expect(() => decodeOrdinals({ kind: "rans", bytes: Uint8Array.of(...rans.bytes, 0, 0) }, given)).toThrow(
      "come out even",
    );
    // No low bits; one member with the gap 0: a bit 1, and seven that are not used.
    const one = { members: 1, accounts: 9 };
    expect([...decodeOrdinals({ kind: "gaps", bytes: Uint8Array.of(0, 1) }, one)]).toEqual([1]);
    expect(() => decodeOrdinals({ kind: "gaps", bytes: Uint8Array.of(0, 3) }, one)).toThrow(BundleError);
  });

  it("that announce more than the directory has are refused before anything is allocated for them", () => {
    const bytes = Buffer.alloc(200);
    bytes.writeUInt32LE(2 ** 32 - 1, 0);
    expect(() => decodeOrdinals({ kind: "rans", bytes }, { members: 1, accounts: 100 })).toThrow(BundleError);
    // A gap of 2^29 and more.
    const gaps = Buffer.from([29, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0]);
    expect(() => decodeOrdinals({ kind: "gaps", bytes: gaps }, { members: 1, accounts: 100 })).toThrow(
      BundleError,
    );
    expect(() =>
      decodeOrdinals({ kind: "gaps", bytes: Buffer.from([30, 1]) }, { members: 1, accounts: 9 }),
    ).toThrow(BundleError);
  });
});
