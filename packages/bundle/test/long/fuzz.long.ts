import { expect, it } from "vitest";
import { tryMutations } from "../mutated-bundles.ts";

it("1,000,000 mutated bundles: none opens, and none crashes", () => {
  const counts = { accepted: 0, readable: 0, refused: 0 };
  for (let part = 1; part <= 100; part++) {
    const { accepted, readable, refused } = tryMutations(10_000, part * 7919);
    counts.accepted += accepted;
    counts.readable += readable;
    counts.refused += refused;
  }
  expect(counts.accepted).toBe(0);
  expect(counts.readable).toBeGreaterThan(50_000);
  expect(counts.refused).toBeGreaterThan(300_000);
});
