import type { AskApproval, Plan } from "@cordon/contract";
import { good, type TestServer } from "./test-server.ts";

/** The author asks, and both approvers agree by the digest of what was asked. `path`: of the plan. */
export async function approveByTwo(
  server: TestServer,
  path: string,
  ask: AskApproval = { act: "plan" },
): Promise<Plan> {
  const { asked } = good<Plan>(await server.post("author", `${path}/asking`, ask));
  const digest = asked?.digest ?? "";
  good(await server.post("approver", `${path}/approvals`, { digest }));
  return good<Plan>(await server.post("second-approver", `${path}/approvals`, { digest }));
}
