import { expect, test } from "vitest";
import { crashRuns } from "./support/crash-runs.ts";
import { checkPostfix } from "./support/postfix-server.ts";

checkPostfix();

test("kill -9 of sender, PostgreSQL and Postfix at random moments: each person's fate matches their maildir, and nobody gets two", async () => {
  const figures = await crashRuns({ runs: 3, people: 1500, seed: 2014 });
  expect(figures.delivered + figures.unknown).toBe(4500);
}, 280_000);
