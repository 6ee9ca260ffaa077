import { hiddenIncident, repackFiles } from "@cordon/testkit";
import { expect } from "vitest";

import {
  askIncident,
  canBeTold,
  falseOnTheWay,
  judgeIncidents,
  median,
} from "../events/hidden-truth-checks.ts";

const incidents = 20_000;
const block = 250;
/** One incident in so many is also told over days and read from other files. */
const toldEvery = 25;

/** First and last seed of each block of a quarter of the 20,000 incidents, so that `-t "seeds 251–500"` runs one alone. */
export function blocksOf(quarter: 1 | 2 | 3 | 4): readonly (readonly [first: number, last: number])[] {
  const count = incidents / 4 / block;
  return Array.from({ length: count }, (_, index) => {
    const first = ((quarter - 1) * count + index) * block + 1;
    return [first, first + block - 1] as const;
  });
}

export async function judgeBlock(first: number, last: number): Promise<void> {
  const judged = await judgeIncidents(first, last);
  const sharp = judged.filter((incident) => incident.sharp);
  const exactly = sharp.filter((incident) => incident.exactly).length;
  const slack = median(judged.filter((incident) => !incident.sharp).map((incident) => incident.slack));
  const wrong = [...judged.flatMap((incident) => incident.wrong), ...(await falseElsewhere(first, last))];
  process.stdout.write(
    `hidden truth: seeds ${first}–${last} of ${incidents}: ${wrong.length} wrong, with complete evidence ${exactly} of ` +
      `${sharp.length} exactly, with gaps the median of atMost − truth is ${slack}\n`,
  );
  expect(wrong).toEqual([]);
  expect(exactly / sharp.length).toBeGreaterThanOrEqual(0.99);
}

async function falseElsewhere(first: number, last: number): Promise<readonly string[]> {
  const wrong: string[] = [];
  for (let seed = first; seed <= last; seed += toldEvery) {
    const incident = hiddenIncident(seed);
    const { answerDigest } = await askIncident(incident);
    const repacked = await askIncident(incident, { files: repackFiles(incident.files, seed) });
    if (repacked.answerDigest !== answerDigest)
      wrong.push(`incident ${seed}: other files give another answer`);
    if (canBeTold(incident)) wrong.push(...(await falseOnTheWay(incident)).wrong);
  }
  return wrong;
}
