import { expect, test } from "vitest";
import { comparable, killDrill } from "../support/kill-drill.ts";

const accounts = 1000;
const momentsMin = 200;
const killsEach = 10;
/** In flight at a kill: what the lanes of one sender have on the wire. */
const inFlightMax = 64;

test("kill -9 of each of three servers on one PostgreSQL and of PostgreSQL itself, at 200 random moments of drills: each ends with the same report but for times and the mails that were in flight", async () => {
  const peace = await killDrill({ accounts, seed: 0, kills: 0, everyMs: 1000 });
  expect(peace.report.shortfalls).toEqual([]);
  expect(peace.report.notices).toMatchObject({ delivered: accounts, unknown: 0 });
  const victims = new Map<string, number>();
  let moments = 0;
  for (let seed = 1; moments < momentsMin; seed++) {
    const { report, killed } = await killDrill({ accounts, seed, kills: killsEach, everyMs: 900 });
    const told = `seed ${seed}, killed ${killed.join(", ")}`;
    expect(comparable(report), told).toEqual(comparable(peace.report));
    const { delivered, unknown } = report.notices;
    expect(delivered + unknown, told).toBeGreaterThanOrEqual(accounts);
    expect(unknown, told).toBeLessThanOrEqual(killed.length * inFlightMax);
    moments += killed.length;
    for (const victim of killed) victims.set(victim, (victims.get(victim) ?? 0) + 1);
  }
  expect(
    Math.min(...["server 1", "server 2", "server 3", "PostgreSQL"].map((v) => victims.get(v) ?? 0)),
  ).toBeGreaterThan(20);
});
