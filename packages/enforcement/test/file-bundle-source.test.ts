import { execFileSync } from "node:child_process";
import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  renameSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { expect, onTestFinished, test } from "vitest";

import { FileBundleSource } from "../src/index.ts";
import type { FileBundleSourceOptions } from "../src/index.ts";
import { OfferLog } from "./bundle-source-conformance.ts";
import { newKey, signedBundle } from "./signed-bundle.ts";
import { testPoint, until } from "./test-point.ts";

const key = newKey();
const bundle = (version: number) => Buffer.from(signedBundle({ version, keys: [key] }));

/** A source that hardly polls: what it finds soon, the file system has told it. */
function watched(options: Partial<FileBundleSourceOptions> = {}) {
  const folder = mkdtempSync(join(tmpdir(), "bundle-file-"));
  const file = join(folder, "current.bundle");
  const source = new FileBundleSource({
    file,
    bundleBytesMax: 100_000,
    random: () => 0.5,
    pollMs: 3_600_000,
    stillMs: 3_600_000,
    backoffFirstMs: 5,
    backoffLongestMs: 20,
    ...options,
  });
  const log = new OfferLog();
  onTestFinished(async () => {
    await source.close();
    rmSync(folder, { recursive: true });
  });
  return { folder, file, source, log, follow: () => source.follow(log.offer, log.watch) };
}

test("a file that is replaced is offered at once, without waiting for the poll", async () => {
  const { file, log, follow } = watched();
  writeFileSync(file, bundle(1));
  await follow();
  for (const version of [2, 3]) {
    writeFileSync(`${file}.draft`, bundle(version));
    renameSync(`${file}.draft`, file);
    await until(() => expect(log.last).toBe(bundle(version).toString()));
  }
  expect(log.texts).toHaveLength(3);
});

test("a change that comes while an offer is under way is looked at after it", async () => {
  const { file, log, follow } = watched();
  writeFileSync(file, bundle(1));
  log.answer = async () => {
    if (log.texts.length === 1) {
      writeFileSync(`${file}.draft`, bundle(2));
      renameSync(`${file}.draft`, file);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    return "settled" as const;
  };
  await follow();
  await until(() => expect(log.last).toBe(bundle(2).toString()));
});

test("a file that is written in place is offered whole, never by half", async () => {
  const { file, log, follow } = watched({ stillMs: 3_000 });
  const whole = bundle(1);
  await follow();
  const pieces = 8;
  for (let piece = 0; piece < pieces; piece += 1) {
    const [from, to] = [piece, piece + 1].map((each) => Math.floor((whole.length * each) / pieces));
    appendFileSync(file, whole.subarray(from, to));
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  await until(() => expect(log.texts).toEqual([whole.toString()]));
});

test("a file that stays no bundle is offered when it has been still for a while, so that it is refused by name", async () => {
  const { file, log, follow } = watched({ stillMs: 10, pollMs: 10 });
  writeFileSync(file, bundle(1));
  truncateSync(file, 50);
  await follow();
  await until(() => expect(log.texts).toHaveLength(1));
});

test("a folder that is made later is watched as well", async () => {
  const at = watched({ pollMs: 10 });
  const file = join(at.folder, "later", "current.bundle");
  const source = new FileBundleSource({
    file,
    bundleBytesMax: 100_000,
    random: () => 0.5,
    pollMs: 10,
    stillMs: 1,
    backoffFirstMs: 5,
    backoffLongestMs: 20,
  });
  onTestFinished(() => source.close());
  await source.follow(at.log.offer, at.log.watch);
  expect(at.log.failed).toBe(0);
  mkdirSync(join(at.folder, "later"));
  writeFileSync(file, bundle(1));
  await until(() => expect(at.log.texts).toHaveLength(1));
});

test("a pipe in the file's place is a failure, not a wait without end", async () => {
  const { file, log, source, follow } = watched();
  execFileSync("mkfifo", [file]);
  await follow();
  expect(log.failed).toBe(1);
  await source.close();
});

test("an enforcement point takes its policy from a file", async () => {
  const { file, source } = watched();
  const { key: ours, point } = await testPoint();
  writeFileSync(file, signedBundle({ version: 1, keys: [ours] }));
  const enforced = point({ source });
  await enforced.start();
  expect(enforced.status().bundle?.version).toBe(1);
  writeFileSync(`${file}.draft`, signedBundle({ version: 2, keys: [ours] }));
  renameSync(`${file}.draft`, file);
  await until(() => expect(enforced.status().bundle?.version).toBe(2));
});
