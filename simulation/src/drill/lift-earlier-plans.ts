import { setTimeout as sleep } from "node:timers/promises";
import type { Incident, Plan } from "@cordon/contract";
import type { Operators } from "./operators.ts";

interface EarlierDrills {
  /** Incidents that this home has known. */
  readonly incidents: number;
  /** Plans that were in force and no longer are. */
  readonly lifted: number;
}

const pollMs = 100;

/**
 * The drilled service starts over, so what an earlier drill left in this home must end first: plans in force are lifted
 * by both people, and a notice that was being sent is sent to its end.
 */
export async function liftEarlierPlans(operators: Operators, signal: AbortSignal): Promise<EarlierDrills> {
  const { incidents } = await operators.author.listIncidents({ signal });
  let lifted = 0;
  for (const incident of incidents) {
    for (const plan of incident.plans) if (await lift(operators, incident, plan, signal)) lifted++;
  }
  for (const incident of incidents) await waitForNotices(operators, incident, signal);
  return { incidents: incidents.length, lifted };
}

async function lift(
  operators: Operators,
  incident: Incident,
  plan: Plan,
  signal: AbortSignal,
): Promise<boolean> {
  if (plan.state === "drafted" || plan.state === "lifted") return false;
  for (;;) {
    const now = await operators.author.readPlan(incident.id, plan.id, { signal });
    switch (now.state) {
      case "in-force":
        await operators.author.proposeLift(incident.id, plan.id, { signal });
        break;
      case "lift-proposed":
        await approveByTheOther(operators, incident, now, signal);
        break;
      case "lifted":
        return true;
      case "drafted":
        return false;
      case "approved":
      case "lift-approved":
        await sleep(pollMs, undefined, { signal });
    }
  }
}

async function approveByTheOther(
  operators: Operators,
  incident: Incident,
  plan: Plan,
  signal: AbortSignal,
): Promise<void> {
  const other = plan.liftProposed?.by === "approver" ? operators.author : operators.approver;
  await other.approveLift(incident.id, plan.id, { signal });
}

async function waitForNotices(operators: Operators, incident: Incident, signal: AbortSignal): Promise<void> {
  for (const { id } of incident.notices.filter((notice) => notice.state === "approved")) {
    while ((await operators.author.readNotice(incident.id, id, { signal })).state === "approved") {
      await sleep(pollMs, undefined, { signal });
    }
  }
}
