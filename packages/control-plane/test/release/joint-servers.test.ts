import { randomBytes } from "node:crypto";
import { cpSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openJournal, type Journal } from "@cordon/journal-postgres";
import { startTestPostgres, type TestPostgres } from "@cordon/testkit";
import { afterAll, beforeAll, expect, test } from "vitest";
import { BundleFolder } from "../../src/bundle-folder.ts";
import { sha256 } from "../../src/bundle-keys.ts";
import { checkJointKey, migrateJoint } from "../../src/release/join-servers.ts";
import { Release } from "../../src/release/release.ts";
import { JointBundles } from "../../src/release/joint-bundles.ts";
import { JointProgress } from "../../src/release/joint-progress.ts";
import { JointRelease } from "../../src/release/joint-release.ts";

let folder: string;
let postgres: TestPostgres;
const journals: Journal[] = [];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "cordon-shared-"));
  postgres = await startTestPostgres();
  for (const name of ["a", "b"]) {
    const home = join(folder, name);
    if (name === "b") {
      mkdirSync(home);
      cpSync(join(folder, "a", "keys"), join(home, "keys"), { recursive: true });
    }
    journals.push(
      await openJournal({ home, databaseUrl: postgres.url, clock: () => Date.now(), randomBytes }),
    );
  }
  await Promise.all(journals.map(migrateJoint));
});
afterAll(async () => {
  await Promise.all(journals.map((journal) => journal.close()));
  await postgres.stop();
  rmSync(folder, { recursive: true, force: true });
});

const digest = (bytes: Uint8Array): string => Buffer.from(sha256(bytes)).toString("hex");

function bundleOf(version: number, bytes: Uint8Array) {
  const rest = { asOf: "", rules: [], plans: [], lifted: [], atMs: 0 };
  return { version, sha256: digest(bytes), bytes: bytes.length, ...rest };
}

async function server(
  index: 0 | 1,
): Promise<{ bundles: BundleFolder; release: Release; shared: JointBundles }> {
  const pool = journals[index]?.pool;
  if (pool === undefined) throw new Error("no journal");
  const shared = new JointBundles(pool);
  const own = join(folder, String(index), "bundles");
  mkdirSync(own, { recursive: true });
  const bundles = new BundleFolder(own, shared);
  const release = await Release.open({
    folder: own,
    bundles,
    clock: () => 0,
    reports: () => [],
    onNote: (note) => expect(note).toBe(""),
    shared: new JointRelease(pool),
  });
  return { bundles, release, shared };
}

test("the bytes that one server has put in force are served by the other, and never others", async () => {
  const [a, b] = [await server(0), await server(1)];
  const bytes = new Uint8Array(randomBytes(2_500_000));
  await a.bundles.stage(7, bytes);
  expect(await b.bundles.join(bundleOf(7, new Uint8Array([1])))).toBe(false);
  expect(b.bundles.served).toBeNull();
  expect(await b.bundles.join(bundleOf(7, bytes))).toBe(true);
  expect(b.bundles.served).toMatchObject({ version: 7, sha256: digest(bytes) });
  expect(await b.bundles.read(7)).toMatchObject({ sha256: digest(bytes) });
  // What the folder lost comes back from the database at the next start.
  const anew = new BundleFolder(join(folder, "anew"), b.shared);
  expect(await anew.recover(bundleOf(7, bytes))).toBe(true);
  await journals[1]?.pool.query("update control_plane.bundle set bytes = '\\x00' where part = 1");
  expect(await new BundleFolder(join(folder, "other"), b.shared).recover(bundleOf(7, bytes))).toBe(false);
});

test("a release plan and a promotion that one server takes are the other's, and nobody is given an older bundle", async () => {
  const [a, b] = [await server(0), await server(1)];
  for (const version of [8, 9]) {
    const bytes = new Uint8Array(randomBytes(100));
    await a.bundles.stage(version, bytes);
    await a.bundles.putInForce(version, digest(bytes), bytes);
    await b.bundles.join(bundleOf(version, bytes));
    if (version === 9) break;
    await a.release.setPlan({ points: ["canary"], promote: "manual", afterMs: null });
    await b.release.catchUp();
  }
  expect(b.release.servedTo("canary")?.version).toBe(9);
  expect(b.release.servedTo("other")?.version).toBe(8);
  await a.release.promote();
  expect(b.release.servedTo("other")?.version).toBe(8);
  await b.release.catchUp();
  expect(b.release.servedTo("other")?.version).toBe(9);
  const restarted = await server(1);
  expect(restarted.release.state().plan?.points).toEqual(["canary"]);
});

test("what a point reports to one server the other learns, and an older report changes nothing", async () => {
  const [first, second] = journals;
  if (first === undefined || second === undefined) throw new Error("no journals");
  const report = (bundleVersion: number, ms: number) => ({
    point: "p",
    bundleVersion,
    counters: {},
    reportedAt: new Date(ms).toISOString(),
  });
  await new JointProgress(first.pool).write([report(2, 2000)]);
  await new JointProgress(second.pool).write([report(1, 1000)]);
  expect(await new JointProgress(second.pool).news()).toEqual([report(2, 2000)]);
});

test("a server that would sign with another key does not start", async () => {
  const [first, second] = journals;
  if (first === undefined || second === undefined) throw new Error("no journals");
  await checkJointKey(first, "bundle", "one");
  await checkJointKey(second, "bundle", "one");
  await expect(checkJointKey(second, "bundle", "two")).rejects.toMatchObject({ code: "ERR_PLANE_KEYS" });
});
