import { expect, test } from "vitest";
import { comeBackAll } from "../listeners/come-back-all.ts";

test("of 2,000 simulated listeners told to sign in again at least 99 % are back; the rest listed with reasons", async () => {
  const { listeners, back, out } = await comeBackAll(2_000);
  const all = Object.values(back).reduce((sum, each) => sum + each, 0);
  process.stderr.write(`back ${all} of ${listeners}: ${JSON.stringify(back)}\n`);
  for (const { account, reason } of out) process.stderr.write(`  ${account}: ${reason}\n`);
  expect(all + out.length).toBe(listeners);
  expect(all / listeners).toBeGreaterThanOrEqual(0.99);
  for (const kind of ["password", "mailed-link", "recovery-code", "support"])
    expect(back[kind]).toBeGreaterThan(0);
  for (const { reason } of out) expect(reason).not.toBe("");
});
