import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

import { beforeAll, expect, test } from "vitest";

const program = fileURLToPath(new URL("../propagation/run.ts", import.meta.url));

function run(seed: number): string {
  const given = ["--points", "15", "--cut-off", "0.13", "--bytes", "1000", "--seed", String(seed), "--json"];
  const { status, stdout, stderr } = spawnSync(process.execPath, [program, ...given], {
    encoding: "utf8",
  });
  expect(stderr).toBe("");
  expect(status).toBe(0);
  return stdout;
}

let first: string;
beforeAll(() => {
  first = run(7);
});

test("every enforcement point that is cut off is named as stale, by the control plane and by itself, and no other", () => {
  const { results } = JSON.parse(first) as { results: Record<string, unknown>[] };
  const [result] = results;
  expect(result?.["cutOff"]).toHaveLength(2);
  expect(new Set(result?.["staleByReports"] as string[])).toEqual(new Set(result?.["cutOff"] as string[]));
  expect(new Set(result?.["staleByThemselves"] as string[])).toEqual(new Set(result?.["cutOff"] as string[]));
});

test("the same seed gives the same history to the last digit, another one another", () => {
  expect(run(7)).toBe(first);
  expect(run(8)).not.toBe(first);
});
