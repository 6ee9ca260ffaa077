import { createHash } from "node:crypto";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { BundleFolder } from "../../src/bundle-folder.ts";
import { ProgressBoard } from "../../src/progress-board.ts";
import type { BundleInForce } from "../../src/record/incident-record.ts";
import { Release, type ReleasePlan } from "../../src/release/release.ts";

let folder: string;
let nowMs: number;
let bundles: BundleFolder;
let board: ProgressBoard;
let notes: string[];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "cordon-release-"));
  nowMs = 1_000_000;
  bundles = new BundleFolder(folder);
  board = new ProgressBoard();
  notes = [];
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const open = (over = bundles) =>
  Release.open({
    folder,
    bundles: over,
    clock: () => nowMs,
    reports: () => board.all(),
    onNote: (note) => notes.push(note),
  });

const bytesOf = (version: number) => Buffer.from(`bundle ${version}`);
const sha256 = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");

async function publish(version: number): Promise<void> {
  await bundles.stage(version, bytesOf(version));
  await bundles.putInForce(version, sha256(bytesOf(version)), bytesOf(version));
}

const inForce = (version: number): BundleInForce => ({
  version,
  sha256: sha256(bytesOf(version)),
  bytes: 0,
  asOf: "",
  rules: [],
  plans: [],
  lifted: [],
  atMs: 0,
});

/** What another process finds after a crash. */
async function afterCrash(version: number): Promise<Release> {
  const again = new BundleFolder(folder);
  expect(await again.recover(inForce(version))).toBe(true);
  return open(again);
}

async function report(release: Release, point: string, bundleVersion: number, refused = 0): Promise<boolean> {
  const counters = { "bundle.adopted": 1, ...(refused === 0 ? {} : { "bundle.refused.malformed": refused }) };
  const told = { point, bundleVersion, counters };
  board.take(told, nowMs);
  return release.reported(told);
}

const first: ReleasePlan = { points: ["gate-1", "gate-2"], promote: "reported", afterMs: null };
const served = (release: Release) => [
  release.servedTo("gate-1")?.version ?? null,
  release.servedTo("gate-9")?.version ?? null,
  release.servedTo(null)?.version ?? null,
];

test("without a plan every point is given the newest at once, and nothing is written down", async () => {
  const release = await open();
  let told = 0;
  release.onChange(() => (told += 1));
  expect(served(release)).toEqual([null, null, null]);
  await publish(1);
  await publish(2);
  expect(served(release)).toEqual([2, 2, 2]);
  expect(told).toBe(2);
  await expect(readFile(join(folder, "release.json"))).rejects.toThrow(/ENOENT/);
});

describe("with a plan", () => {
  test("a new bundle goes to the plan's points first, the very first one to all", async () => {
    const release = await open();
    await release.setPlan(first);
    await publish(1);
    expect(served(release)).toEqual([1, 1, 1]);
    await publish(2);
    expect(served(release)).toEqual([2, 1, 1]);
    expect(release.state()).toMatchObject({ promotedVersion: 1, staged: { version: 2, sinceMs: nowMs } });
    // A newer one takes its place; who has been given a bundle is never given an older one.
    await publish(3);
    expect(served(release)).toEqual([3, 1, 1]);
  });

  test("it goes to all as soon as one of them reports it in force, and has refused none since", async () => {
    const release = await open();
    await publish(1);
    await release.setPlan(first);
    await report(release, "gate-1", 1, 7);
    await publish(2);
    expect(await report(release, "gate-9", 2)).toBe(false);
    expect(await report(release, "gate-1", 1, 7)).toBe(false);
    expect(await report(release, "gate-1", 2, 8)).toBe(false);
    expect(served(release)).toEqual([2, 1, 1]);
    // What it refused before the bundle came does not count.
    expect(await report(release, "gate-1", 2, 7)).toBe(true);
    expect(served(release)).toEqual([2, 2, 2]);
  });

  test("or after a time, or by command", async () => {
    const release = await open();
    await publish(1);
    await release.setPlan({ ...first, promote: "manual", afterMs: 5_000 });
    expect(release.dueInMs()).toBeNull();
    await publish(2);
    expect(await report(release, "gate-1", 2)).toBe(false);
    expect(release.dueInMs()).toBe(5_000);
    nowMs += 6_000;
    expect(release.dueInMs()).toBe(0);
    expect(served(release)).toEqual([2, 1, 1]);
    await release.promote();
    expect(served(release)).toEqual([2, 2, 2]);
    expect(release.dueInMs()).toBeNull();
  });

  test("it is held back from its record on, also while its file has no name yet", async () => {
    let recorded: BundleInForce | null = null;
    bundles = new BundleFolder(folder, null, () => recorded);
    const release = await open();
    await publish(1);
    await release.setPlan({ ...first, afterMs: 5_000 });
    await report(release, "gate-1", 1, 7);
    await bundles.stage(2, bytesOf(2));
    recorded = inForce(2);
    expect(served(release)).toEqual([2, 1, 1]);
    expect(release.dueInMs()).toBe(5_000);
    expect(release.state().staged).toEqual({ version: 2, sinceMs: nowMs });
    // A point has it already, and refuses it, before it has its name.
    expect(await report(release, "gate-1", 2, 8)).toBe(false);
    await bundles.putInForce(2, sha256(bytesOf(2)), bytesOf(2));
    expect(await report(release, "gate-1", 2, 8)).toBe(false);
    expect(served(release)).toEqual([2, 1, 1]);
    expect(await report(release, "gate-2", 2)).toBe(true);
  });

  test("points are told to look again when it comes and when it goes to all", async () => {
    const release = await open();
    await publish(1);
    await release.setPlan(first);
    let told = 0;
    const end = release.onChange(() => (told += 1));
    await publish(2);
    expect(told).toBe(1);
    await release.promote();
    expect(told).toBe(2);
    await release.promote();
    expect(told).toBe(2);
    end();
    await publish(3);
    expect(told).toBe(2);
  });

  test("ending the plan gives what is held back to all", async () => {
    const release = await open();
    await publish(1);
    await release.setPlan(first);
    await publish(2);
    await release.setPlan(null);
    expect(served(release)).toEqual([2, 2, 2]);
    await publish(3);
    expect(served(release)).toEqual([3, 3, 3]);
  });
});

describe("after a crash", () => {
  test("what was not promoted still is not, and what was stays so", async () => {
    const release = await open();
    await publish(1);
    await release.setPlan(first);
    await publish(2);
    const again = await afterCrash(2);
    expect(served(again)).toEqual([2, 1, 1]);
    expect(again.state().plan).toEqual(first);
    await again.promote();
    expect(served(await afterCrash(2))).toEqual([2, 2, 2]);
  });

  test("a recall waits neither for a bundle that is lost nor for a plan that can't be read", async () => {
    const release = await open();
    await publish(1);
    await release.setPlan(first);
    await publish(2);
    await rm(join(folder, "1.bundle"));
    expect(served(await afterCrash(2))).toEqual([2, 2, 2]);
    await writeFile(join(folder, "release.json"), "half of");
    expect(served(await afterCrash(2))).toEqual([2, 2, 2]);
    expect(notes).toEqual(["the plan of releases can't be read: bundles go to every point at once"]);
  });
});
