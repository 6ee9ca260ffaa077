import type { Plan } from "@cordon/contract";
import type { Operators } from "./operators.ts";

/** As many approvers agree as are needed, each by the digest of what was asked, unless they have. */
export async function approveAsked(
  { approver, secondApprover }: Operators,
  incidentId: string,
  { id, asked }: Plan,
  signal: AbortSignal,
): Promise<void> {
  if (asked === null) throw new TypeError("a plan of which nothing was asked");
  const given = new Set(asked.approvals.map(({ by }) => by));
  for (const [name, client] of [
    ["approver", approver],
    ["second-approver", secondApprover],
  ] as const) {
    if (given.has(name) || given.size >= asked.needed) continue;
    await client.giveApproval(incidentId, id, { digest: asked.digest }, { signal });
    given.add(name);
  }
}
