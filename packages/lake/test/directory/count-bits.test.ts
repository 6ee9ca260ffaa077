import fc from "fast-check";
import { expect, it } from "vitest";
import { countBits } from "../../src/directory/cohort-bitmap.ts";

it("counts the bits that are set, wherever the bytes begin and however many there are", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 60 }), fc.nat(9), (bytes, from) => {
      const seen = bytes.subarray(from);
      const binary = Array.from(seen, (byte) => byte.toString(2)).join("");
      expect(countBits(seen)).toBe(binary.replaceAll("0", "").length);
    }),
  );
});
