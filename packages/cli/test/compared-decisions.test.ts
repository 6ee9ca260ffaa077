import { expect, it } from "vitest";

import { temporaryFolder } from "./command-line.ts";
import { compareCommandLine } from "./compared-decisions.ts";

it("`cordon bundle build` and `gate decide` on generated policies and populations say what the oracle says", async () => {
  const asked = { seed: 2014, policies: 4, requestsEach: 1000 };
  const { denied, differences } = await compareCommandLine(temporaryFolder(), asked);
  expect(differences).toEqual([]);
  expect(denied).toBeGreaterThan(100);
}, 120_000);
