import { changeByte, cloudTrail, makeTrailKey, SeededRandom, type TrailFile } from "@cordon/testkit";
import fc from "fast-check";
import { expect, test } from "vitest";

import { isProven, prove } from "./cloudtrail-digest-evidence.ts";

const key = makeTrailKey();
const hourMs = 3_600_000;
const fromMs = Date.UTC(2014, 4, 20, 0, 1, 31);
const seeds = fc.integer({ min: 0, max: 2 ** 31 });

function drawTrail(random: SeededRandom, region: string, delayMaxMs: number): readonly TrailFile[] {
  const some = (chance: number): number[] =>
    Array.from({ length: 8 }, (_, hour) => hour).filter(() => random.chance(chance));
  return cloudTrail({
    random,
    key,
    fromMs,
    hours: 8,
    region,
    delayMaxMs,
    emptyHours: some(0.1),
    stoppedHours: some(0.05),
    backfilledHours: some(0.15),
    signatures: random.pick(["all", "last", "none"]),
  });
}

test("whichever single byte of a log file or digest changes, the hour it belongs to is not proven", () => {
  const trail = cloudTrail({
    random: new SeededRandom(5),
    key,
    fromMs,
    hours: 6,
    backfilledHours: [1, 3],
  });
  const changeable = trail.filter(({ kind }) => kind !== "signature");
  const bytes = changeable.reduce((sum, { content }) => sum + content.length, 0);
  fc.assert(
    fc.property(fc.integer({ min: 0, max: bytes - 1 }), fc.integer({ min: 1, max: 255 }), (place, by) => {
      let at = place;
      for (const file of changeable) {
        if (at >= file.content.length) {
          at -= file.content.length;
          continue;
        }
        const proof = prove(
          trail.map((other) => (other === file ? changeByte(file, at, by) : other)),
          key,
        );
        for (const minute of [0, 17, 59]) {
          expect(isProven(proof, fromMs + file.hour * hourMs + minute * 60_000)).toBe(false);
        }
        for (const eventMs of file.eventsMs) expect(isProven(proof, eventMs)).toBe(false);
        return;
      }
    }),
    { numRuns: 400 },
  );
});

test("whatever is lost of whichever chains, no event that is lost lies in a proven hour", () => {
  let proofs = 0;
  fc.assert(
    fc.property(seeds, (seed) => {
      const random = new SeededRandom(seed);
      const regions = ["eu-west-1", "us-east-1"].slice(0, random.whole(1, 2));
      const files = regions.flatMap((region) => drawTrail(random, region, random.pick([0, 20, 59]) * 60_000));
      // One kind of loss a run, so that some hours stay proven.
      const kinds = random.pick([
        ["log"],
        ["digest", "backfill"],
        ["signature"],
        ["log", "digest", "signature"],
      ]);
      const isLost = new Map(files.map((file) => [file, kinds.includes(file.kind) && random.chance(0.05)]));
      const proof = prove(random.shuffle(files.filter((file) => isLost.get(file) !== true)), key);
      if (proof.proven.length > 0) proofs += 1;
      for (const file of files) {
        if (isLost.get(file) !== true) continue;
        for (const eventMs of file.eventsMs) expect(isProven(proof, eventMs)).toBe(false);
      }
    }),
    { numRuns: 150 },
  );
  expect(proofs).toBeGreaterThan(50);
});

test("what the source's digests end before was delivered is never proven", () => {
  fc.assert(
    fc.property(seeds, fc.integer({ min: 1, max: 8 }), (seed, lastHour) => {
      const files = drawTrail(new SeededRandom(seed), "eu-west-1", 59 * 60_000);
      const proof = prove(
        files.filter(({ hour }) => hour < lastHour),
        key,
      );
      for (const { hour, eventsMs } of files) {
        if (hour >= lastHour) for (const eventMs of eventsMs) expect(isProven(proof, eventMs)).toBe(false);
      }
    }),
    { numRuns: 100 },
  );
});

test("the order of the files changes nothing", () => {
  fc.assert(
    fc.property(seeds, (seed) => {
      const random = new SeededRandom(seed);
      const files = [...drawTrail(random, "eu-west-1", 0)].filter(() => random.chance(0.95));
      expect(prove(random.shuffle(files), key)).toEqual(prove(files, key));
    }),
    { numRuns: 50 },
  );
});
