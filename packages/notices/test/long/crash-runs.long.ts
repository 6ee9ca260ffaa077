import { expect, test } from "vitest";
import { crashRuns } from "../support/crash-runs.ts";
import { checkPostfix } from "../support/postfix-server.ts";

checkPostfix();

test("a hundred thousand notices into maildirs in fifty runs, with kill -9 of sender, PostgreSQL and Postfix at random moments", async () => {
  const figures = await crashRuns({ runs: 50, people: 2000, seed: 27_052_014 });
  process.stdout.write(`${JSON.stringify(figures)}\n`);
  expect(figures.delivered + figures.unknown).toBe(100_000);
});
