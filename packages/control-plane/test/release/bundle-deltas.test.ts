import { createHash } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { applyDelta, encodeBundle } from "@cordon/bundle";
import { afterEach, beforeEach, expect, test } from "vitest";
import { BundleFolder, type ServedBundle } from "../../src/bundle-folder.ts";
import { generateBundleKeyPair, sha256, signBundle } from "../../src/index.ts";
import { BundleDeltas } from "../../src/release/bundle-deltas.ts";

const bundleBytesMax = 1 << 24;
const { privateKeyPem } = generateBundleKeyPair();

let folder: string;
let bundles: BundleFolder;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "cordon-deltas-"));
  bundles = new BundleFolder(folder);
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** A bundle of `rulesBytes` bytes of rules that look like noise, the same for the same seed. */
async function publish(version: number, rulesBytes: number, seed = ""): Promise<ServedBundle> {
  const text: string[] = [];
  for (let i = 0; text.length * 64 < rulesBytes; i++)
    text.push(createHash("sha256").update(`${seed}${i}`).digest("hex"));
  const policy = { version, rules: text };
  const manifest = { policy, asOfMs: 0, expiresAtMs: null, by: "account", accounts: 0, salt: 0 } as const;
  const bytes = signBundle(encodeBundle({ ...manifest, cohorts: [] }, bundleBytesMax), privateKeyPem);
  const digest = createHash("sha256").update(bytes).digest("hex");
  await bundles.stage(version, bytes);
  await bundles.putInForce(version, digest, bytes);
  return { version, sha256: digest, bytes };
}

const applied = (base: ServedBundle, delta: Uint8Array | null) =>
  delta === null ? null : Buffer.from(applyDelta(base.bytes, delta, { sha256, bundleBytesMax }));

test.each([
  ["small bundles, in place", 20_000],
  ["large ones, in a thread of its own", 600_000],
])("a delta from each bundle that was served before: %s", async (_, rulesBytes) => {
  const first = await publish(1, rulesBytes);
  const second = await publish(2, rulesBytes);
  const third = await publish(3, rulesBytes);
  // Also after a restart, from what is on disk.
  const deltas = new BundleDeltas(new BundleFolder(folder));
  for (const base of [first, second]) {
    const delta = await deltas.between(base.sha256, third);
    expect(delta?.length).toBeLessThan(third.bytes.length / 20);
    expect(applied(base, delta)?.equals(third.bytes)).toBe(true);
  }
});

test("none to an older bundle, from an unknown one, or when it is hardly shorter than the bundle", async () => {
  const first = await publish(1, 20_000);
  const second = await publish(2, 20_000, "other");
  const deltas = new BundleDeltas(bundles);
  expect(await deltas.between(second.sha256, first)).toBeNull();
  expect(await deltas.between("00".repeat(32), second)).toBeNull();
  expect(await deltas.between(first.sha256, second)).toBeNull();
});

test("two that ask at once are given the same, made once", async () => {
  const first = await publish(1, 20_000);
  const second = await publish(2, 20_000);
  const deltas = new BundleDeltas(bundles);
  const [one, two] = await Promise.all([
    deltas.between(first.sha256, second),
    deltas.between(first.sha256, second),
  ]);
  expect(one).not.toBeNull();
  expect(one).toBe(two);
});
