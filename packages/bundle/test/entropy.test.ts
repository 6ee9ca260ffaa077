import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { entropyBitsPerMember } from "../src/index.ts";

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
    expect(entropyBitsPerMember(40_000_000, 4_000_000)).toBeCloseTo(4.69, 2);
    expect(entropyBitsPerMember(40_000_000, 0)).toBe(0);
    expect(entropyBitsPerMember(5, 5)).toBe(0);
  });
});
