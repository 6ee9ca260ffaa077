import { expect, test } from "vitest";
import { comeBackAll } from "./listeners/come-back-all.ts";

test("of listeners told to sign in again, with forgotten passwords and typing errors among them, nearly all are back", async () => {
  const { listeners, back, out } = await comeBackAll(200);
  const all = Object.values(back).reduce((sum, each) => sum + each, 0);
  expect(all + out.length).toBe(listeners);
  expect(all / listeners).toBeGreaterThanOrEqual(0.99);
  expect(back["password"]).toBeGreaterThan(100);
  expect(back["mailed-link"]).toBeGreaterThan(10);
  // Nobody is out whom the service could have let in.
  for (const { reason } of out) expect(reason).toMatch(/^the mail address is dead, no recovery code/);
});
