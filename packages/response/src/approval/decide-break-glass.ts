import { formatInstant } from "@cordon/model";
import type { DecisionContext } from "../command.ts";
import { planOf, refuseTaken } from "../decide-plan.ts";
import { ResponseError } from "../errors.ts";
import type { IncidentEvent } from "../event.ts";
import type { Incident } from "../incident.ts";
import { requireText } from "../wording.ts";
import { countApprovals, rulesOf } from "./approval-count.ts";
import { openAct, type Command } from "./decide-approval.ts";

/**
 * One person, with a reason, in the place of the approvals that are missing. It neither overrules a decline nor lifts a
 * measure: an intruder with one operator's session must not be able to let themself in.
 */
export function breakGlass(
  incident: Incident,
  command: Command<"break-glass">,
  context: DecisionContext,
): IncidentEvent[] {
  const { planId, digest } = command;
  const { operator: by } = context;
  const plan = planOf(incident, planId);
  const asked = openAct(plan, digest);
  if (asked.act !== "plan") {
    throw new ResponseError("ERR_BREAK_GLASS", [
      `nobody may ${asked.act === "lift" ? "lift" : "extend"} plan \`${planId}\` alone, whatever the reason`,
    ]);
  }
  const count = countApprovals(incident, asked, context);
  if (asked.granted !== null && (count.isEnough || glassOf(incident, digest) !== null)) {
    throw new ResponseError("ERR_BREAK_GLASS", [
      `plan \`${planId}\` is approved, so there is no glass to break`,
    ]);
  }
  refuseTaken(planId, plan.measures, context);
  const because = requireText("the reason", command.because);
  const reviewBy = formatInstant(context.nowMs + rulesOf(context).reviewWithinMs);
  const [approvalsHad, approvalsNeeded] = [count.people.length, count.needed];
  const broken = { by, planId, digest, because, approvalsHad, approvalsNeeded, reviewBy };
  const events: IncidentEvent[] = [{ type: "glass-broken", data: broken }];
  if (asked.granted === null) events.push({ type: "plan-approved", data: { by, planId } });
  return events;
}

/** The break-glass that stands in the place of approvals of what `digest` names; null when there is none. */
export function glassOf(incident: Incident, digest: string) {
  return incident.breakGlass.find((one) => one.digest === digest) ?? null;
}

export function reviewBreakGlass(
  incident: Incident,
  command: Command<"review-break-glass">,
  context: DecisionContext,
): IncidentEvent[] {
  const { digest, justified } = command;
  const { operator: by } = context;
  const broken = glassOf(incident, digest);
  if (broken === null) throw new ResponseError("ERR_BREAK_GLASS", [`no glass was broken for \`${digest}\``]);
  if (broken.review !== null)
    throw new ResponseError("ERR_BREAK_GLASS", [`\`${broken.review.by}\` has reviewed it already`]);
  const authors = incident.plans.find((plan) => plan.planId === broken.planId)?.authors ?? [];
  if (broken.by === by || authors.includes(by)) {
    throw new ResponseError("ERR_OWN_APPROVAL", [
      `\`${by}\` had a hand in plan \`${broken.planId}\`, so somebody else must review it`,
    ]);
  }
  const because = requireText("the review", command.because);
  return [{ type: "glass-reviewed", data: { by, digest, justified, because } }];
}
