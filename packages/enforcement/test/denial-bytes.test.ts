import { expect, test } from "vitest";

import { guardRequest } from "../src/index.ts";
import { signedBundle } from "./signed-bundle.ts";
import { everybodyAgain, request, testPoint, until } from "./test-point.ts";

const concerned = { request: request(), claimed: null };

test("a ready answer goes with its bundle: a rule of the same id may ask for something else in the next", async () => {
  const { server, key, point } = await testPoint();
  server.serve(signedBundle({ version: 1, rules: [everybodyAgain], keys: [key] }));
  const enforced = point();
  await enforced.start();
  expect(guardRequest(enforced, concerned)?.status).toBe(401);
  await until(() => expect(server.listeners).toBe(1));
  const rules = [{ ...everybodyAgain, measure: "change_password" }];
  server.serve(signedBundle({ version: 2, rules, keys: [key] }));
  await until(() => expect(enforced.status().bundle?.version).toBe(2));
  const answer = guardRequest(enforced, concerned);
  expect(answer?.status).toBe(403);
  expect(Buffer.from(answer?.body ?? []).toString()).toContain("change_password");
});

test("an answer for another store has the link of that store", async () => {
  const { server, key, point } = await testPoint();
  const available = "2014-05-01T00:00:00Z";
  const stores = {
    "google-play": { available, link: "https://a.example" },
    website: { available, link: "https://b.example" },
  };
  const rules = [{ id: "up", measure: "upgrade", below: "9", required: available, stores }];
  server.serve(signedBundle({ version: 1, rules, keys: [key] }));
  const enforced = point();
  await enforced.start();
  for (const [store, link] of [
    ["google-play", "https://a.example"],
    ["website", "https://b.example"],
  ] as const) {
    const answer = guardRequest(enforced, { request: request({ store }), claimed: null });
    expect(Buffer.from(answer?.body ?? []).toString()).toContain(link);
    expect(answer?.headers["content-length"]).toBe(String(answer?.body?.length));
  }
});
