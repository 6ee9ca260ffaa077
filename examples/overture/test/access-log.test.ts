import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { expect, onTestFinished, test, vi } from "vitest";

import { AccessLog } from "../src/access-log.ts";
import type { AccessLogLine } from "../src/access-log.ts";

const line: AccessLogLine = {
  t: 1,
  action: "play",
  account: "ada",
  inst: "phone",
  allow: true,
  directives: [],
  rules: [],
  bundle: 1,
  platform: "ios",
  store: "app-store",
  version: "1.0.0",
  offlineEpoch: null,
  authTime: 0,
};

function temporaryFile(): string {
  const folder = mkdtempSync(join(tmpdir(), "access-log-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return join(folder, "one.jsonl");
}

const fail = (error: unknown): never => {
  throw error;
};

test("lines are appended in their order, all of them by the end, and the file is its owner's", () => {
  const file = temporaryFile();
  for (const start of [0, 3000]) {
    const log = new AccessLog(file, fail);
    for (let t = start; t < start + 3000; t++) log.write({ ...line, t });
    log.close();
  }
  const read = readFileSync(file, "utf8").trimEnd().split("\n");
  expect(read.map((text) => (JSON.parse(text) as AccessLogLine).t)).toEqual(
    Array.from({ length: 6000 }, (_, t) => t),
  );
  expect(statSync(file).mode & 0o777).toBe(0o600);
});

test("a single line reaches the file without an end", async () => {
  const file = temporaryFile();
  const log = new AccessLog(file, fail);
  log.write(line);
  await vi.waitFor(() => expect(readFileSync(file, "utf8")).toContain("ada"), { timeout: 60_000 });
  log.close();
});

test("a log that can't be written is told once", () => {
  const errors: unknown[] = [];
  const log = new AccessLog("/dev/full", (error) => errors.push(error));
  for (let t = 0; t < 3000; t++) log.write({ ...line, t });
  log.close();
  expect(errors).toHaveLength(1);
  expect(String(errors[0])).toContain("ENOSPC");
});
