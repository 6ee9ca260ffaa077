import fc from "fast-check";
import { expect, it } from "vitest";
import { countOnes } from "../src/count-ones.ts";

it("counts the bits that are set, wherever the bytes begin and however many there are", () => {
  const part = fc.tuple(fc.uint8Array({ maxLength: 200 }), fc.nat(9), fc.nat(9));
  fc.assert(
    fc.property(part, ([bytes, from, before]) => {
      const seen = bytes.subarray(from, Math.max(from, bytes.length - before));
      const binary = Array.from(seen, (byte) => byte.toString(2)).join("");
      expect(countOnes(seen)).toBe(binary.replaceAll("0", "").length);
    }),
    { numRuns: 500 },
  );
});

it("counts more bits than a byte or a word of counters holds", () => {
  const bytes = new Uint8Array(100_003).fill(0xff);
  expect(countOnes(bytes)).toBe(800_024);
  expect(countOnes(bytes.subarray(1))).toBe(800_016);
});
