import { expect, it } from "vitest";
import { compareWithOracle } from "./compared.ts";

it("a hundred thousand decisions over generated policies and populations are the oracle's", () => {
  const { denied, differences } = compareWithOracle(4, 100_000);
  expect(differences).toEqual([]);
  // It says something only while both answers are common.
  expect(denied).toBeGreaterThan(20_000);
  expect(denied).toBeLessThan(80_000);
});
