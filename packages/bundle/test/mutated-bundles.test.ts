import { expect, it } from "vitest";
import { tryMutations } from "./mutated-bundles.ts";

it("10,000 mutated bundles: none opens, none crashes, and those that can be read unsigned give answers", () => {
  const { accepted, readable, refused } = tryMutations(10_000, 20_140_527);
  expect(accepted).toBe(0);
  // Both happen often, or nothing would have been tried.
  expect(readable).toBeGreaterThan(500);
  expect(refused).toBeGreaterThan(3000);
});
