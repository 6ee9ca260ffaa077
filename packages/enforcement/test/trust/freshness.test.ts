import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { describe, expect, test } from "vitest";

import type { EnforcementPointOptions } from "../../src/index.ts";
import { newKey, signedBundle } from "../signed-bundle.ts";
import { everybodyAgain, nowMs, request } from "../test-point.ts";
import { HandSource, rootFile, stampFile, startedPoint, testFolder } from "./hand-source.ts";

const [key, stamper, other] = [newKey(), newKey(), newKey()] as const;
const graceMs = 60_000;
const first = signedBundle({ version: 1, rules: [everybodyAgain], keys: [key] });
const second = signedBundle({ version: 2, keys: [key] });
const asked = { request: request(), claimed: null };

type More = Partial<EnforcementPointOptions> & { readonly source?: HandSource };

/** A point with freshness keys, its clock and its source in the test's hand. */
async function freshPoint(folder: string, options: More = {}) {
  const source = new HandSource();
  source.bundle = first;
  source.files.set("freshness", stampFile({ version: 1, bytes: first }, { key: stamper }));
  const clock = { nowMs };
  const keptFile = join(folder, "freshness");
  const keys = {
    publicKeys: [key.publicPem],
    threshold: 1,
    freshness: { publicKeys: [stamper.publicPem], keptFile, graceMs },
  };
  const started = await startedPoint(folder, {
    source,
    ...(options.trust === undefined ? keys : { freshness: { keptFile, graceMs } }),
    nowMs: () => clock.nowMs,
    ...options,
  });
  return { ...started, source, clock };
}

const fresh = { freshness: "fresh", staleBecause: null };

describe("with freshness keys a point knows", () => {
  test("that its bundle is the newest", async () => {
    const { point } = await freshPoint(testFolder());
    expect(point.status()).toMatchObject({ bundle: { version: 1 }, ...fresh });
    expect(point.counters.report()).toMatchObject({ "freshness.stale": 0 });
  });

  test("that a newer bundle is held back from it, after a grace: a freeze", async () => {
    const { point, look, source, clock } = await freshPoint(testFolder());
    const late = { key: stamper, issuedAtMs: nowMs + 1, expiresAtMs: nowMs + 10 * graceMs };
    source.files.set("freshness", stampFile({ version: 2, bytes: second }, late));
    await look();
    expect(point.status()).toMatchObject(fresh);
    clock.nowMs += graceMs - 1;
    await look();
    expect(point.status()).toMatchObject(fresh);
    clock.nowMs += 1;
    await look();
    expect(point.status()).toMatchObject({ freshness: "stale", staleBecause: "behind" });
    expect(point.counters.report()).toMatchObject({ "freshness.stale": 1, "freshness.stale.behind": 1 });
    // It came after all.
    source.bundle = second;
    await look();
    expect(point.status()).toMatchObject({ bundle: { version: 2 }, ...fresh });
    expect(point.counters.report()).toMatchObject({ "freshness.stale": 0 });
  });

  test("that nobody has said for too long what is newest", async () => {
    const { point, look, source, clock } = await freshPoint(testFolder());
    source.down = true;
    clock.nowMs += 599_999;
    await look();
    expect(point.status()).toMatchObject(fresh);
    clock.nowMs += 1;
    expect(point.status()).toMatchObject({ freshness: "stale", staleBecause: "stamp-expired" });
    await look();
    expect(point.counters.report()["freshness.stale.stamp-expired"]).toBeGreaterThan(0);
  });

  test("nothing before the first stamp, and after a grace that there is none", async () => {
    const source = new HandSource();
    source.bundle = first;
    const { point, clock } = await freshPoint(testFolder(), { source });
    expect(point.status()).toMatchObject({ freshness: "unknown", staleBecause: null });
    clock.nowMs += graceMs;
    expect(point.status()).toMatchObject({ freshness: "stale", staleBecause: "no-stamp" });
  });

  test("that its bundle is not the one of that version", async () => {
    const { point, look, source } = await freshPoint(testFolder());
    const twin = signedBundle({ version: 2, rules: [everybodyAgain], keys: [key] });
    source.bundle = second;
    source.files.set("freshness", stampFile({ version: 2, bytes: twin }, { key: stamper }));
    await look();
    expect(point.status()).toMatchObject({ freshness: "stale", staleBecause: "other-contents" });
  });
});

test("a bundle that is newer than the stamp is fresh: a staged release reaches its first points before", async () => {
  const { point, look, source } = await freshPoint(testFolder());
  source.bundle = second;
  await look();
  expect(point.status()).toMatchObject({ bundle: { version: 2 }, ...fresh });
});

describe("a stamp is refused and reported", () => {
  test.each([
    [
      "of a lower version",
      () => stampFile({ version: 0, bytes: null }, { key: stamper, issuedAtMs: nowMs + 1 }),
      "rollback",
    ],
    [
      "that was issued before the one held",
      () => stampFile({ version: 1, bytes: first }, { key: stamper, issuedAtMs: nowMs - 1 }),
      "rollback",
    ],
    ["by another key", () => stampFile({ version: 9, bytes: null }, { key: other }), "bad-signature"],
    ["by a bundle key", () => stampFile({ version: 9, bytes: null }, { key }), "bad-signature"],
    ["that is none", () => Buffer.from("{}"), "malformed"],
  ] as const)("%s", async (_, bytes, reason) => {
    const { point, look, source } = await freshPoint(testFolder());
    source.files.set("freshness", bytes());
    await look();
    expect(point.counters.report()).toMatchObject({ [`freshness.refused.${reason}`]: 1 });
    expect(point.status()).toMatchObject(fresh);
  });
});

test("a stamp is kept: a point that restarts behind a wall still knows what it knew", async () => {
  const folder = testFolder();
  const { look, source, clock } = await freshPoint(folder);
  source.files.set(
    "freshness",
    stampFile({ version: 2, bytes: second }, { key: stamper, issuedAtMs: nowMs + 1 }),
  );
  await look();
  const down = new HandSource();
  down.down = true;
  const again = await freshPoint(folder, { source: down, nowMs: () => clock.nowMs });
  expect(again.point.status()).toMatchObject({ bundle: { version: 1 }, ...fresh });
  clock.nowMs += graceMs;
  expect(again.point.status()).toMatchObject({ freshness: "stale", staleBecause: "behind" });
  // What is on disk is believed no more than what comes.
  writeFileSync(join(folder, "freshness"), stampFile({ version: 1, bytes: first }, { key: other }));
  const forged = await freshPoint(folder, { source: down });
  expect(forged.point.status().freshness).toBe("unknown");
  expect(forged.point.counters.report()).toMatchObject({ "freshness.refused.bad-signature": 1 });
});

test("what is decided while a point is stale is by choice, by measure", async () => {
  for (const [outcome, allow] of [
    ["apply", false],
    ["allow", true],
  ] as const) {
    const folder = testFolder();
    const { point, clock } = await freshPoint(folder, { whenUncertain: { default: outcome } });
    expect(point.decide(asked).allow).toBe(false);
    clock.nowMs += 600_000;
    expect(point.decide(asked).allow).toBe(allow);
  }
});

describe("with a trust root", () => {
  const rooted = (version: number, freshnessKeys: readonly (typeof key)[]) =>
    rootFile({ version, bundleKeys: [key], freshnessKeys, rootKeys: [key] }, [key]);
  const trustIn = (folder: string, root = rooted(1, [stamper])) => ({
    trust: { root, keptFile: join(folder, "trust") },
  });

  test("the freshness keys stand in it", async () => {
    const folder = testFolder();
    const { point } = await freshPoint(folder, trustIn(folder));
    expect(point.status()).toMatchObject(fresh);
  });

  test("a stolen freshness key can name any version, and is forgotten with its stamps when it is removed", async () => {
    const folder = testFolder();
    const { point, look, source, clock } = await freshPoint(folder, trustIn(folder));
    const far = { key: stamper, issuedAtMs: nowMs + 1, expiresAtMs: nowMs + 100 * graceMs };
    source.files.set("freshness", stampFile({ version: 2 ** 53 - 1, bytes: null }, far));
    await look();
    clock.nowMs += graceMs;
    expect(point.status().staleBecause).toBe("behind");
    source.files.set("trust/2", rooted(2, [other]));
    source.files.set("freshness", stampFile({ version: 1, bytes: first }, { key: other, issuedAtMs: nowMs }));
    await look();
    expect(point.status()).toMatchObject({ trust: { version: 2 }, ...fresh });
    expect(readFileSync(join(folder, "freshness"), "utf8")).toContain('"version":1');
  });

  test("without freshness keys in it stamps are not used", async () => {
    const folder = testFolder();
    const { point, clock } = await freshPoint(folder, trustIn(folder, rooted(1, [])));
    clock.nowMs += 10 * graceMs;
    expect(point.status()).toMatchObject({ freshness: "unknown", staleBecause: null });
  });
});
