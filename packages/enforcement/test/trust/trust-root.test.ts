import { readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { describe, expect, test } from "vitest";

import { EnforcementError, EnforcementPoint } from "../../src/index.ts";
import { newKey, signed, signedBundle } from "../signed-bundle.ts";
import { everybodyAgain, nowMs, request } from "../test-point.ts";
import { HandSource, rootFile, startedPoint, testFolder, type RootInput } from "./hand-source.ts";

const [ada, bo, cy, dee] = [newKey(), newKey(), newKey(), newKey()] as const;
const root: RootInput = {
  bundleKeys: [ada, bo, cy],
  bundleThreshold: 2,
  rootKeys: [ada, bo, cy],
  rootThreshold: 2,
};
const pinned = rootFile(root, [ada, cy]);
/** Bo's key was stolen, Dee has a new one. */
const rotated: RootInput = { ...root, version: 2, bundleKeys: [ada, cy, dee], rootKeys: [ada, cy, dee] };
const update = rootFile(rotated, [ada, cy]);
const asked = { request: request(), claimed: null };

function trustIn(folder: string, bytes = pinned) {
  return { root: bytes, keptFile: join(folder, "trust") };
}

describe("2 of 3 must have signed: no key alone signs out or lets back in everybody", () => {
  const everybodyOut = { version: 2, rules: [everybodyAgain] };

  test.each([
    ["ada", ada],
    ["bo", bo],
    ["cy", cy],
  ])("the key of %s alone is refused and reported", async (_, key) => {
    const folder = testFolder();
    const source = new HandSource();
    source.bundle = signedBundle({ version: 1, keys: [ada, bo] });
    const { point, look } = await startedPoint(folder, { source, trust: trustIn(folder) });
    source.bundle = signedBundle({ ...everybodyOut, keys: [key] });
    await look();
    expect(point.status()).toMatchObject({ bundle: { version: 1 }, refusal: "bad-signature" });
    expect(point.decide(asked).allow).toBe(true);
    expect(point.counters.report()).toMatchObject({ "bundle.refused.bad-signature": 1 });

    // With a second key it comes into force, and nobody alone lets everybody back in.
    source.bundle = signedBundle({ ...everybodyOut, keys: [ada, cy] });
    await look();
    expect(point.decide(asked).allow).toBe(false);
    source.bundle = signedBundle({ version: 3, keys: [key] });
    await look();
    expect(point.status()).toMatchObject({ bundle: { version: 2 }, refusal: "bad-signature" });
    expect(point.decide(asked).allow).toBe(false);
  });

  test("a key alone does not change whose keys count either", async () => {
    const folder = testFolder();
    const source = new HandSource();
    const { point, look } = await startedPoint(folder, { source, trust: trustIn(folder) });
    const taken: RootInput = { version: 2, bundleKeys: [bo], rootKeys: [bo] };
    source.files.set("trust/2", rootFile(taken, [bo]));
    source.bundle = signedBundle({ ...everybodyOut, keys: [bo] });
    await look();
    expect(point.status()).toMatchObject({ bundle: null, refusal: "bad-signature", trust: { version: 1 } });
    expect(point.counters.report()["trust.refused.bad-signature"]).toBeGreaterThan(0);
  });
});

describe("after a rotation", () => {
  test("a removed key's bundles are refused, and those of a new key are taken", async () => {
    const folder = testFolder();
    const source = new HandSource();
    source.bundle = signedBundle({ version: 1, keys: [ada, cy] });
    const { point, look } = await startedPoint(folder, { source, trust: trustIn(folder) });
    source.files.set("trust/2", update);
    source.bundle = signedBundle({ version: 2, keys: [ada, bo] });
    await look();
    expect(point.status()).toMatchObject({
      bundle: { version: 1, trusted: true },
      refusal: "bad-signature",
      trust: { version: 2, expired: false, kept: true },
    });
    source.bundle = signedBundle({ version: 2, keys: [cy, dee] });
    await look();
    expect(point.status()).toMatchObject({ bundle: { version: 2 }, refusal: null });
    expect(point.counters.report()).toMatchObject({ "trust.rotated": 1 });
  });

  test("a bundle that was refused for its signatures is looked at again: the trust root may have come since", async () => {
    const folder = testFolder();
    const source = new HandSource();
    source.bundle = signedBundle({ version: 1, keys: [cy, dee] });
    const { point, look } = await startedPoint(folder, { source, trust: trustIn(folder) });
    expect(point.status().refusal).toBe("bad-signature");
    source.files.set("trust/2", update);
    await look();
    expect(point.status()).toMatchObject({ bundle: { version: 1 }, refusal: null });
  });

  test("a bundle in force that only removed keys stand for goes on, says so, and stands in nobody's way", async () => {
    const folder = testFolder();
    const source = new HandSource();
    // Two stolen keys have signed a version that nothing would ever follow.
    source.bundle = signedBundle({
      version: Number.MAX_SAFE_INTEGER,
      rules: [everybodyAgain],
      keys: [bo, cy],
    });
    const { point, look } = await startedPoint(folder, { source, trust: trustIn(folder) });
    const both = { ...rotated, bundleKeys: [ada, dee], rootKeys: [ada, dee] };
    source.files.set("trust/2", rootFile(both, [ada, dee, cy]));
    await look();
    expect(point.status()).toMatchObject({ bundle: { version: Number.MAX_SAFE_INTEGER, trusted: false } });
    expect(point.counters.report()).toMatchObject({ "bundle.untrusted": 1 });
    expect(point.decide(asked).allow).toBe(false);
    source.bundle = signedBundle({ version: 2, keys: [ada, dee] });
    await look();
    expect(point.status()).toMatchObject({ bundle: { version: 2, trusted: true }, refusal: null });
    expect(point.decide(asked).allow).toBe(true);
  });

  test("the bundle in force is trusted again once it has gained the signatures that it lacked, also after a restart", async () => {
    const folder = testFolder();
    const source = new HandSource();
    const once = signedBundle({ version: 4, keys: [ada, bo] });
    source.bundle = once;
    const { point, look } = await startedPoint(folder, { source, trust: trustIn(folder) });
    source.files.set("trust/2", update);
    await look();
    expect(point.status().bundle).toMatchObject({ version: 4, trusted: false });
    source.bundle = signed(once, dee);
    await look();
    expect(point.status().bundle).toMatchObject({ version: 4, trusted: true });
    const offline = new HandSource();
    offline.down = true;
    const again = await startedPoint(folder, { source: offline, trust: trustIn(folder) });
    expect(again.point.status()).toMatchObject({
      bundle: { version: 4, trusted: true },
      trust: { version: 2 },
    });
  });

  test("updates are taken one after the other, none is left out", async () => {
    const folder = testFolder();
    const source = new HandSource();
    const third: RootInput = { ...rotated, version: 3, bundleKeys: [cy, dee] };
    source.files.set("trust/2", update);
    source.files.set("trust/3", rootFile(third, [ada, dee]));
    source.files.set("trust/5", rootFile({ ...third, version: 5 }, [ada, dee]));
    const { point } = await startedPoint(folder, { source, trust: trustIn(folder) });
    expect(point.status().trust).toMatchObject({ version: 3 });
  });
});

describe("the trust root on disk", () => {
  test("never goes down: after a restart a removed key stays removed, though nothing can be asked", async () => {
    const folder = testFolder();
    const source = new HandSource();
    source.files.set("trust/2", update);
    await startedPoint(folder, { source, trust: trustIn(folder) });
    expect(statSync(join(folder, "trust")).mode & 0o777).toBe(0o600);
    const offline = new HandSource();
    offline.down = true;
    offline.bundle = signedBundle({ version: 1, keys: [ada, bo] });
    const { point } = await startedPoint(folder, { source: offline, trust: trustIn(folder) });
    expect(point.status()).toMatchObject({ bundle: null, refusal: "bad-signature", trust: { version: 2 } });
    expect(point.counters.report()["trust.failed"]).toBeGreaterThan(0);
  });

  test("is checked from the pinned root on: a changed or half written one does not count, and is named", async () => {
    const folder = testFolder();
    const source = new HandSource();
    source.files.set("trust/2", update);
    await startedPoint(folder, { source, trust: trustIn(folder) });
    const kept = readFileSync(join(folder, "trust"));
    const offline = new HandSource();
    offline.down = true;
    const forged = rootFile({ ...rotated, bundleKeys: [bo], bundleThreshold: 1 }, [bo]);
    for (const [bytes, counted] of [
      [forged, "trust.refused.bad-signature"],
      [kept.subarray(0, kept.length / 2), "trust.refused.malformed"],
    ] as const) {
      writeFileSync(join(folder, "trust"), bytes);
      const { point } = await startedPoint(folder, { source: offline, trust: trustIn(folder) });
      expect(point.status().trust).toMatchObject({ version: 1 });
      expect(point.counters.report()[counted]).toBe(1);
    }
  });

  test("a draft that a crash left behind is not read, and is written over", async () => {
    const folder = testFolder();
    writeFileSync(join(folder, ".trust.draft"), "half of");
    const source = new HandSource();
    source.files.set("trust/2", update);
    await startedPoint(folder, { source, trust: trustIn(folder) });
    expect(readFileSync(join(folder, "trust")).equals(update)).toBe(true);
  });

  test("that can't be written does not stop a rotation, is counted, and is written as soon as it can be", async () => {
    const folder = testFolder();
    // Where the folder should be there is a file.
    writeFileSync(join(folder, "occupied"), "");
    const source = new HandSource();
    source.files.set("trust/2", update);
    const trust = { root: pinned, keptFile: join(folder, "occupied", "trust") };
    const { point, look } = await startedPoint(folder, { source, trust });
    expect(point.status().trust).toMatchObject({ version: 2, kept: false });
    expect(point.counters.report()["trust.kept.failed"]).toBe(1);
    const { rmSync } = await import("node:fs");
    rmSync(join(folder, "occupied"));
    await look();
    expect(point.status().trust).toMatchObject({ version: 2, kept: true });
  });

  test("yields to a newer root that was pinned by hand", async () => {
    const folder = testFolder();
    const source = new HandSource();
    source.files.set("trust/2", update);
    await startedPoint(folder, { source, trust: trustIn(folder) });
    const third = rootFile({ ...rotated, version: 3 }, [ada, cy]);
    const { point } = await startedPoint(folder, { source: new HandSource(), trust: trustIn(folder, third) });
    expect(point.status().trust).toMatchObject({ version: 3 });
  });
});

test("an expired trust root lets no new bundle in, by name; what is in force goes on, and the next root mends it", async () => {
  const folder = testFolder();
  const source = new HandSource();
  let now = nowMs;
  const expiring = rootFile({ ...root, expiresAtMs: nowMs + 1000 }, [ada, bo]);
  source.bundle = signedBundle({ version: 1, keys: [ada, bo] });
  const trust = trustIn(folder, expiring);
  const { point, look } = await startedPoint(folder, { source, trust, nowMs: () => now });
  now += 1000;
  source.bundle = signedBundle({ version: 2, keys: [ada, bo] });
  await look();
  expect(point.status()).toMatchObject({
    bundle: { version: 1 },
    refusal: "trust-expired",
    trust: { version: 1, expired: true },
  });
  source.files.set("trust/2", rootFile({ ...root, version: 2 }, [ada, bo]));
  await look();
  expect(point.status()).toMatchObject({ bundle: { version: 2 }, refusal: null, trust: { expired: false } });
});

test("an update over 64 KiB, or one that is none, changes nothing and is counted", async () => {
  const folder = testFolder();
  const source = new HandSource();
  const { point, look } = await startedPoint(folder, { source, trust: trustIn(folder) });
  source.files.set("trust/2", Buffer.alloc(64 * 1024 + 1));
  await look();
  source.files.set("trust/2", Buffer.from("<html>"));
  await look();
  expect(point.status().trust).toMatchObject({ version: 1 });
  expect(point.counters.report()).toMatchObject({ "trust.failed": 1, "trust.refused.malformed": 1 });
});

test("a point goes by keys or by a trust root, and refuses a root that is not whole", () => {
  const folder = testFolder();
  const more = {
    source: new HandSource(),
    lastGoodFile: join(folder, "last-good.bundle"),
    beforeFirstBundle: "allow",
    withoutPlatform: "refuse",
    keepServing: true,
    bundleBytesMax: 1000,
    retryAfterSeconds: { least: 1, most: 1 },
    nowMs: () => nowMs,
    random: () => 0.5,
  } as const;
  expect(() => new EnforcementPoint(more)).toThrow(EnforcementError);
  const keys = { publicKeys: [ada.publicPem], threshold: 1 };
  expect(() => new EnforcementPoint({ ...more, ...keys, trust: trustIn(folder) })).toThrow(EnforcementError);
  const unsigned = rootFile(root, [ada]);
  expect(() => new EnforcementPoint({ ...more, trust: trustIn(folder, unsigned) })).toThrow(
    /pinned trust root/,
  );
});
