import { createHash } from "node:crypto";
import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { BundleFolder } from "../src/bundle-folder.ts";
import type { BundleInForce } from "../src/record/incident-record.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "cordon-bundles-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const bytes = Buffer.from("a bundle");
const sha256 = createHash("sha256").update(bytes).digest("hex");
const recorded = (version: number): BundleInForce => ({
  version,
  sha256,
  bytes: bytes.length,
  asOf: "2014-05-27T12:00:00.000Z",
  rules: [],
  plans: [],
  lifted: [],
  atMs: 0,
});

test("from the moment the record names what was staged, that is what is served", async () => {
  let last: BundleInForce | null = null;
  const bundles = new BundleFolder(folder, null, () => last);
  await bundles.stage(1, bytes);
  expect(bundles.served).toBeNull();
  last = { ...recorded(1), sha256: "of another server's" };
  expect(bundles.served).toBeNull();
  last = recorded(1);
  expect(bundles.served).toMatchObject({ version: 1, sha256 });
  // The worker still has to give it its name.
  expect(bundles.namedVersion).toBeNull();
  await bundles.putInForce(1, sha256, bytes);
  expect(bundles.namedVersion).toBe(1);
});

describe("a start after a crash", () => {
  test("before the record: nothing is in force, and what was staged is gone", async () => {
    await new BundleFolder(folder).stage(1, bytes);
    const after = new BundleFolder(folder);
    expect(await after.recover(null)).toBe(true);
    expect(after.served).toBeNull();
    expect(await readdir(folder)).toEqual([]);
  });

  test("between the record and the name: the bundle gets its name and is served", async () => {
    await new BundleFolder(folder).stage(1, bytes);
    const after = new BundleFolder(folder);
    expect(await after.recover(recorded(1))).toBe(true);
    expect(after.served).toMatchObject({ version: 1, sha256 });
    expect(await readdir(folder)).toEqual(["1.bundle"]);
  });

  test("in the middle of staging the next: the last one is served", async () => {
    const before = new BundleFolder(folder);
    await before.stage(1, bytes);
    await before.putInForce(1, sha256, bytes);
    await before.stage(2, Buffer.from("half of"));
    const after = new BundleFolder(folder);
    expect(await after.recover(recorded(1))).toBe(true);
    expect(after.served).toMatchObject({ version: 1 });
    expect(await readdir(folder)).toEqual(["1.bundle"]);
  });

  test.each(["changed", ""])(
    "bytes that are not those of the record (`%s`) are never served",
    async (text) => {
      await writeFile(join(folder, "1.bundle"), text);
      const after = new BundleFolder(folder);
      expect(await after.recover(recorded(1))).toBe(false);
      expect(after.served).toBeNull();
    },
  );
});

test("whoever listens is told of each bundle, until they no longer want to be", async () => {
  const bundles = new BundleFolder(folder);
  let told = 0;
  const stop = bundles.onChange(() => (told += 1));
  await bundles.stage(1, bytes);
  expect(told).toBe(0);
  await bundles.putInForce(1, sha256, bytes);
  expect(told).toBe(1);
  stop();
  await bundles.stage(2, bytes);
  await bundles.putInForce(2, sha256, bytes);
  expect(told).toBe(1);
});
