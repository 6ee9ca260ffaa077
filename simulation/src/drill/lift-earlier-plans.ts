import { setTimeout as sleep } from "node:timers/promises";
import type { Incident, Plan } from "@cordon/contract";
import { approveAsked } from "./approve-asked.ts";
import type { Operators } from "./operators.ts";

interface EarlierDrills {
  /** Incidents that this home has known. */
  readonly incidents: number;
  /** Plans that were in force and no longer are. */
  readonly lifted: number;
}

const pollMs = 100;
const because = "the drilled service starts over";

/**
 * The drilled service starts over, so what an earlier drill left in this home must end first: plans in force are lifted,
 * asked for by one and approved by two, and a notice that was being sent is sent to its end.
 */
export async function liftEarlierPlans(operators: Operators, signal: AbortSignal): Promise<EarlierDrills> {
  const incidents = await allIncidents(operators, signal);
  let lifted = 0;
  for (const incident of incidents) {
    for (const plan of incident.plans) if (await lift(operators, incident, plan, signal)) lifted++;
  }
  for (const incident of incidents) await waitForNotices(operators, incident, signal);
  return { incidents: incidents.length, lifted };
}

async function allIncidents({ author }: Operators, signal: AbortSignal): Promise<Incident[]> {
  const all: Incident[] = [];
  for (let cursor: string | null = null; ;) {
    const page = await author.listIncidents(cursor === null ? { signal } : { signal, cursor });
    all.push(...page.incidents);
    cursor = page.next;
    if (cursor === null) return all;
  }
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
        await operators.author.askApproval(incident.id, plan.id, { act: "lift", because }, { signal });
        break;
      case "lift-proposed":
        await approveLift(operators, incident, now, signal);
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

/** What somebody asked before there were digests, or asked themselves as an approver, is asked anew. */
async function approveLift(
  operators: Operators,
  incident: Incident,
  plan: Plan,
  signal: AbortSignal,
): Promise<void> {
  const { asked } = plan;
  const isOpen = asked?.act === "lift" && asked.authors.every((author) => author === "author");
  const open = isOpen
    ? plan
    : await operators.author.askApproval(incident.id, plan.id, { act: "lift", because }, { signal });
  await approveAsked(operators, incident.id, open, signal);
}

async function waitForNotices(operators: Operators, incident: Incident, signal: AbortSignal): Promise<void> {
  for (const { id } of incident.notices.filter((notice) => notice.state === "approved")) {
    while ((await operators.author.readNotice(incident.id, id, { signal })).state === "approved") {
      await sleep(pollMs, undefined, { signal });
    }
  }
}
