import { touches } from "@cordon/model";
import type { Answer } from "@cordon/scope";
import { hiddenIncident, type HiddenIncident } from "@cordon/testkit";
import { expect, test } from "vitest";
import { askEvidence } from "./ask-evidence.ts";

const incidents = 60;

/** What an answer says that is not so; empty when every word of it is true. */
function falseClaims({ truth, sharp }: HiddenIncident, answer: Answer): string[] {
  const { accounts, dataClasses, accountIds, decoysTouched } = answer;
  const affected = truth.people.size;
  const isAmong = (reads: ReadonlySet<string>, dataClass: string): boolean =>
    [...reads].some((read) => touches(read, dataClass));
  const claims: (readonly [string, boolean])[] = [
    [`at least ${accounts.atLeast}, but ${affected}`, accounts.atLeast <= affected],
    [`at most ${accounts.atMost}, but ${affected}`, affected <= accounts.atMost],
    ["exactly", accounts.kind === "between" || accounts.atLeast === affected],
    ...accountIds.map((id) => [`named ${id}`, truth.people.has(id)] as const),
    ...dataClasses.accessed.map(
      (dataClass) => [`accessed ${dataClass}`, isAmong(truth.classesTried, dataClass)] as const,
    ),
    ...dataClasses.notAccessed.map(
      (dataClass) => [`not accessed ${dataClass}`, !isAmong(truth.classes, dataClass)] as const,
    ),
    ...decoysTouched.map((decoy) => [`touched ${decoy}`, truth.decoys.has(decoy)] as const),
    ["a range though the logs tell everything", !sharp || accounts.kind === "exactly"],
    ["an unknown class though the logs tell everything", !sharp || dataClasses.unknown.length === 0],
  ];
  return claims.filter(([, holds]) => !holds).map(([claim]) => claim);
}

test("whatever happened and whatever logs are left of it, no claim is false and no bound excludes the truth", async () => {
  const wrong: string[] = [];
  let sharp = 0;
  for (let seed = 1; seed <= incidents; seed++) {
    const incident = hiddenIncident(seed);
    const { answer } = await askEvidence(incident);
    if (incident.sharp) sharp += 1;
    wrong.push(...falseClaims(incident, answer).map((claim) => `incident ${seed}: ${claim}`));
  }
  expect(wrong).toEqual([]);
  // The incidents would show nothing if all or none of them were sharp.
  expect(sharp).toBeGreaterThan(incidents / 10);
  expect(sharp).toBeLessThan(incidents / 1.5);
}, 60_000);
