import type { Incident, Plan } from "@cordon/contract";
import { afterAll, beforeAll, expect, test } from "vitest";
import { good, problemIn, TestServer } from "../support/test-server.ts";

let server: TestServer;
let at: string;
beforeAll(async () => {
  server = await TestServer.start(20);
  at = `/v1/incidents/${good<Incident>(await server.post("author", "/v1/incidents", { title: "t" })).id}`;
});
afterAll(() => server.end());

const everybody = (id: string) => [{ id, measure: "reauthenticate", cohort: { everyone: true } }];
const nothingInForce = async () => (await server.get("enforcement", "/bundles/current")).status === 404;

test("one's own approval does not count, whoever else has approved", async () => {
  const plan = good<Plan>(await server.post("approver", `${at}/plans`, { measures: everybody("own") }));
  const path = `${at}/plans/${plan.id}`;
  const { asked } = good<Plan>(await server.post("approver", `${path}/asking`, { act: "plan" }));
  const digest = asked?.digest ?? "";
  const own = problemIn(await server.post("approver", `${path}/approvals`, { digest }));
  expect(own).toMatchObject({ status: 403, code: "ERR_OWN_APPROVAL" });
  good(await server.post("second-approver", `${path}/approvals`, { digest }));
  const again = await server.post("approver", `${path}/approvals`, { digest });
  expect(problemIn(again).code).toBe("ERR_OWN_APPROVAL");
  expect(good<Plan>(await server.get("author", path)).state).toBe("drafted");
  expect(await nothingInForce()).toBe(true);
});

test("one person who approves twice is one person", async () => {
  const plan = good<Plan>(await server.post("author", `${at}/plans`, { measures: everybody("twice") }));
  const path = `${at}/plans/${plan.id}`;
  const { asked } = good<Plan>(await server.post("author", `${path}/asking`, { act: "plan" }));
  const digest = asked?.digest ?? "";
  good(await server.post("approver", `${path}/approvals`, { digest }, { "idempotency-key": "first" }));
  await server.post("approver", `${path}/approvals`, { digest }, { "idempotency-key": "second" });
  expect(good<Plan>(await server.get("author", path)).state).toBe("drafted");
  expect(await nothingInForce()).toBe(true);
});

test("an approval that was given before an edit is worth nothing after it, replayed as it was sent too", async () => {
  const plan = good<Plan>(await server.post("author", `${at}/plans`, { measures: everybody("before") }));
  const path = `${at}/plans/${plan.id}`;
  const first = good<Plan>(await server.post("author", `${path}/asking`, { act: "plan" })).asked;
  const body = { digest: first?.digest ?? "" };
  const key = { "idempotency-key": "approval-that-is-replayed" };
  good(await server.post("approver", `${path}/approvals`, body, key));
  good(await server.post("author", `${path}/revisions`, { measures: everybody("after") }));
  const second = good<Plan>(await server.post("author", `${path}/asking`, { act: "plan" })).asked;
  expect(second?.digest).not.toBe(first?.digest);
  expect(second?.approvals).toEqual([]);

  // As it went over the wire, with its key and without, by the one who gave it and by the other.
  await server.post("approver", `${path}/approvals`, body, key);
  for (const who of ["approver", "second-approver"] as const) {
    expect(problemIn(await server.post(who, `${path}/approvals`, body)).status).toBe(409);
  }
  const now = good<Plan>(await server.get("author", path));
  expect(now.asked?.approvals).toEqual([]);
  expect(now.state).toBe("drafted");
  expect(await nothingInForce()).toBe(true);
});
