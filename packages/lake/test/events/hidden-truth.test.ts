import { hiddenIncident, repackFiles } from "@cordon/testkit";
import { beforeAll, describe, expect, test } from "vitest";

import {
  askIncident,
  canBeTold,
  falseOnTheWay,
  judgeIncidents,
  median,
  type JudgedIncident,
} from "./hidden-truth-checks.ts";

const incidents = 500;

describe(`${incidents} incidents of which everything is known`, () => {
  let judged: readonly JudgedIncident[] = [];
  beforeAll(async () => {
    judged = await judgeIncidents(1, incidents);
  }, 600_000);

  test("no claim is false, no bound excludes the truth, no range is looser or tighter than contracts allow", () => {
    expect(judged.flatMap(({ wrong }) => wrong)).toEqual([]);
    expect(judged.length).toBe(incidents);
  });
  test("with complete evidence at least 99 in 100 end `exactly`", () => {
    const sharp = judged.filter((incident) => incident.sharp);
    // The incidents would show nothing if all or none of them were sharp.
    expect(sharp.length).toBeGreaterThan(incidents / 10);
    expect(sharp.length).toBeLessThan(incidents / 1.5);
    expect(sharp.filter(({ exactly }) => exactly).length / sharp.length).toBeGreaterThanOrEqual(0.99);
  });
  test("with gaps the median of (atMost − truth) is stated", () => {
    const slack = median(judged.filter(({ sharp }) => !sharp).map((incident) => incident.slack));
    process.stdout.write(`hidden truth: with gaps the median of atMost − truth is ${slack}\n`);
    expect(slack).toBeGreaterThan(0);
  });
});

test("the same lines in other files, in another order, packed otherwise, give the same `answerDigest`", async () => {
  for (let seed = 1; seed <= 20; seed += 1) {
    const incident = hiddenIncident(seed);
    const first = await askIncident(incident);
    const second = await askIncident(incident, { files: repackFiles(incident.files, seed) });
    expect(second.answerDigest, `incident ${seed}`).toBe(first.answerDigest);
  }
}, 120_000);

test("an incident told over days, logs late and a suspect added on day 3: every earlier range contains the final truth", async () => {
  const wrong: string[] = [];
  let open = 0;
  for (let seed = 1; seed <= 16; seed += 1) {
    const incident = hiddenIncident(seed);
    if (!canBeTold(incident)) continue;
    const told = await falseOnTheWay(incident);
    wrong.push(...told.wrong);
    open += told.open;
  }
  expect(wrong).toEqual([]);
  expect(open).toBeGreaterThan(10);
}, 120_000);
