import type { ApprovalLimits, Incident, Plan } from "@cordon/contract";
import { afterAll, beforeAll, expect, test } from "vitest";
import { good, TestServer } from "./support/test-server.ts";

let server: TestServer;
const path = "/v1/approval-limits";
const tight = { oneApprovalUpToAccounts: 0, twoApprovalsUpToAccounts: 1, approvalLastsMs: 3_600_000 };

beforeAll(async () => {
  server = await TestServer.start(3);
});
afterAll(async () => {
  await server.end();
});

async function askedFor(accounts: readonly string[]): Promise<{ plan: Plan; at: string }> {
  const incident = good<Incident>(await server.post("author", "/v1/incidents", { title: "t" }));
  const cohort = { accounts };
  const measures = [{ id: `r-${incident.id.slice(-8)}`, measure: "reauthenticate", cohort }];
  const drafted = good<Plan>(await server.post("author", `/v1/incidents/${incident.id}/plans`, { measures }));
  const at = `/v1/incidents/${incident.id}/plans/${drafted.id}`;
  return { plan: good<Plan>(await server.post("author", `${at}/asking`, { act: "plan" })), at };
}

test("an administrator tightens how many accounts need how many approvals, on record, and plans are held to it", async () => {
  expect((await askedFor(["u-1"])).plan.asked?.needed).toBe(1);
  expect((await server.post("author", path, { ...tight, because: "b" })).status).toBe(403);
  const set = good<ApprovalLimits>(await server.post("administrator", path, { ...tight, because: "b" }));
  expect(set).toEqual({ ...tight, asked: null });
  expect((await askedFor(["u-1"])).plan.asked?.needed).toBe(2);
  const { plan, at } = await askedFor(["u-1", "u-2"]);
  expect(plan.asked?.needed).toBe(3);
  const body = { digest: plan.asked?.digest };
  good(await server.post("approver", `${at}/approvals`, body));
  const two = good<Plan>(await server.post("second-approver", `${at}/approvals`, body));
  expect(two.state).toBe("drafted");
  await server.close();
  await server.open();
  expect(good<ApprovalLimits>(await server.get("author", path))).toEqual(set);
});

test("looser limits hold only once as many others have agreed as the limits in force ask for", async () => {
  const loose = { ...tight, twoApprovalsUpToAccounts: null };
  const asked = good<ApprovalLimits>(await server.post("administrator", path, { ...loose, because: "b" }));
  expect(asked).toMatchObject({ ...tight, asked: { ...loose, needed: 3, approvals: [] } });
  const body = { digest: asked.asked?.digest };
  expect((await server.post("administrator", `${path}/approvals`, body)).status).toBe(403);
  const other = { digest: `sha256:${"0".repeat(64)}` };
  expect((await server.post("approver", `${path}/approvals`, other)).status).toBe(409);
  good(await server.post("approver", `${path}/approvals`, body));
  expect((await server.post("approver", `${path}/approvals`, body)).status).toBe(409);
  const two = good<ApprovalLimits>(await server.post("second-approver", `${path}/approvals`, body));
  expect(two).toMatchObject({
    ...tight,
    asked: { approvals: [{ by: "approver" }, { by: "second-approver" }] },
  });
});
