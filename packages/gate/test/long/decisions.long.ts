import { expect, it } from "vitest";
import { compareWithOracle } from "../compared.ts";

it("a million decisions over generated policies and populations are the oracle's", () => {
  const { denied, differences } = compareWithOracle(2014, 1_000_000);
  expect(differences).toEqual([]);
  expect(denied).toBeGreaterThan(200_000);
  expect(denied).toBeLessThan(800_000);
});
