import { expect, it } from "vitest";

import { temporaryFolder } from "../command-line.ts";
import { compareCommandLine } from "../compared-decisions.ts";

it("a million decisions of the command line over generated policies and populations are the oracle's", async () => {
  const asked = { seed: 527, policies: 100, requestsEach: 10_000 };
  const { decisions, denied, differences } = await compareCommandLine(temporaryFolder(), asked);
  expect(differences).toEqual([]);
  expect(decisions).toBe(1_000_000);
  expect(denied).toBeGreaterThan(200_000);
}, 3_600_000);
