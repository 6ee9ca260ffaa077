import { expect, test } from "vitest";
import { killDrill } from "./support/kill-drill.ts";

/** Six moments take some ten seconds; a busy machine needs more. */
const patienceMs = 240_000;

test(
  "kill -9 of three servers on one PostgreSQL, and of PostgreSQL itself, at six moments of a drill: it ends as it would have without",
  { timeout: patienceMs },
  async () => {
    const { report, killed } = await killDrill({ accounts: 300, seed: 7, kills: 6, everyMs: 1000 });
    expect(killed.length).toBeGreaterThanOrEqual(4);
    // The drill itself compares what gates and the mail server saw with the hidden truth.
    expect(report.shortfalls).toEqual([]);
    expect(report).toMatchObject({
      claimed: { kind: "exactly", atLeast: 1, atMost: 1 },
      falseClaims: 0,
      cohorts: { wronglyAsked: 0, notAsked: 0 },
      notices: { planned: 300, failed: 0, duplicates: 0, affectedFirst: true, toDecoys: 0 },
      journal: { verified: true },
    });
    const { delivered, unknown } = report.notices;
    expect(delivered + unknown).toBeGreaterThanOrEqual(300);
    expect(unknown).toBeLessThanOrEqual(killed.length * 64);
  },
);
