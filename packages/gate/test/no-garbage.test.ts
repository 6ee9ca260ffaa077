import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";

it("a decision that allows leaves nothing on the heap, and neither does one that denies", () => {
  const script = fileURLToPath(new URL("no-garbage-process.ts", import.meta.url));
  const run = execFileSync(
    process.execPath,
    ["--expose-gc", "--min-semi-space-size=64", "--max-semi-space-size=64", script],
    {
      encoding: "utf8",
    },
  );
  const { requests, ...bytes } = JSON.parse(run) as Readonly<Record<string, number>>;
  expect(requests).toBeGreaterThan(500);
  // An object of one field a decision would be 16 bytes.
  expect(bytes["allowed"]).toBeLessThan(1);
  expect(bytes["all"]).toBeLessThan(1);
  expect(bytes["copies"]).toBeLessThan(1);
});
