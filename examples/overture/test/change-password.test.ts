import { afterEach, beforeEach, expect, test } from "vitest";

import { RunningOverture } from "./running-overture.ts";

let running: RunningOverture;
beforeEach(async () => {
  running = await RunningOverture.start();
});
afterEach(async () => {
  await running.stop();
});

function change(username: string, password: string, newPassword: string): Promise<Response> {
  return running.request("/password", null, {
    body: JSON.stringify({ username, password, newPassword }),
    headers: { "content-type": "application/json" },
  });
}

test("who must change the password is let in with a new one, and all older sessions end", async () => {
  const { refresh_token: old } = await running.signedIn("ada");
  const cutoff = new Date().toISOString();
  await running.enforce({
    version: 1,
    rules: [{ id: "newpw", measure: "change_password", cohort: "everyone", cutoff }],
  });
  const denied = await running.signIn("ada");
  expect([denied.status, await denied.json()]).toMatchObject([
    403,
    { type: "urn:cordon:problem:password-change-required", error: "access_denied" },
  ]);

  expect((await change("ada@example.org", "password of ada", "a new password")).status).toBe(204);
  expect((await running.refresh(old)).status).toBe(400);
  expect((await running.signIn("ada")).status).toBe(400);
  const { access_token: token } = await running.signedIn("ada", { password: "a new password" });
  expect((await running.request("/play/t", token)).status).toBe(200);
});

test.each([
  ["without the old password", "guess", "a new password"],
  ["to the same one", "password of ada", "password of ada"],
])("no password is changed %s", async (_name, password, newPassword) => {
  expect((await change("ada@example.org", password, newPassword)).status).toBe(403);
  expect((await running.signIn("ada")).status).toBe(200);
});
