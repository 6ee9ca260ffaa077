import { parseInstant } from "@cordon/model";
import type { DecisionContext } from "../command.ts";
import { planOf, refuseTaken } from "../decide-plan.ts";
import { ResponseError } from "../errors.ts";
import type { IncidentEvent } from "../event.ts";
import type { Incident, PlanState } from "../incident.ts";
import { askExtension } from "../run/decide-extension.ts";
import { requireText } from "../wording.ts";
import { actDigest } from "./act-digest.ts";
import type { ApprovalCommand } from "./approval-command.ts";
import { countApprovals, rulesOf } from "./approval-count.ts";
import type { AskedApproval } from "./approval-state.ts";

export type Command<Kind extends ApprovalCommand["kind"]> = Extract<ApprovalCommand, { kind: Kind }>;
type Asked = Pick<AskedApproval, "act" | "reachAccounts" | "directoryAsOf" | "because" | "extension">;

export function askApproval(
  incident: Incident,
  command: Command<"ask-approval">,
  context: DecisionContext,
): IncidentEvent[] {
  const plan = planOf(incident, command.planId);
  switch (command.act) {
    case "plan":
      return askForPlan(incident, plan, command, context);
    case "lift": {
      if (plan.phase !== "in-force" && plan.phase !== "lift-proposed") {
        throw new ResponseError("ERR_PLAN_STATE", [
          `plan \`${plan.planId}\` is ${plan.phase}, lifting needs one that is in-force`,
        ]);
      }
      const because = requireText("the reason", command.because);
      const asked = {
        act: "lift",
        reachAccounts: null,
        directoryAsOf: null,
        because,
        extension: null,
      } as const;
      const events = ask(incident, plan, asked, [context.operator], context);
      if (plan.phase === "lift-proposed") return events;
      return [{ type: "lift-proposed", data: { by: context.operator, planId: plan.planId } }, ...events];
    }
    case "extension": {
      const because = requireText("the reason", command.because);
      const extension = askExtension(plan, command.extension, context.nowMs);
      // It reaches whom the plan reaches.
      const asked = {
        act: "extension",
        reachAccounts: plan.reachAccounts,
        directoryAsOf: null,
        because,
        extension,
      } as const;
      return ask(incident, plan, asked, [context.operator], context);
    }
  }
}

function askForPlan(
  incident: Incident,
  plan: PlanState,
  command: Extract<ApprovalCommand, { act: "plan" }>,
  context: DecisionContext,
): IncidentEvent[] {
  const { planId } = plan;
  const { reachAccounts, directoryAsOf } = command;
  refuseClosed(incident);
  if (plan.phase !== "drafted") {
    throw new ResponseError("ERR_PLAN_STATE", [
      `plan \`${planId}\` is ${plan.phase}, approval needs one that is drafted`,
    ]);
  }
  // INVARIANT: what was declined can't be asked for again as it stands.
  if (plan.asked !== null && plan.asked.declined !== null)
    throw new ResponseError("ERR_DECLINED", [declinedReason(plan.planId, plan.asked)], "edit the plan");
  if (reachAccounts !== null && (!Number.isSafeInteger(reachAccounts) || reachAccounts < 0)) {
    throw new ResponseError("ERR_TERMS", [
      `the plan reaches ${reachAccounts} accounts, expected a whole number`,
    ]);
  }
  refuseTooFew(plan, reachAccounts, context);
  refuseOldDirectory(plan, directoryAsOf, context);
  refuseTaken(planId, plan.measures, context);
  const asked = { act: "plan", reachAccounts, directoryAsOf, because: null, extension: null } as const;
  // Who asks has counted what it reaches, and with that a hand in it.
  return ask(incident, plan, asked, [...new Set([...plan.authors, context.operator])], context);
}

function ask(
  incident: Incident,
  plan: PlanState,
  asked: Asked,
  authors: readonly string[],
  context: DecisionContext,
): IncidentEvent[] {
  // The digest is of the revision that this asking makes.
  const digest = actDigest(incident.incidentId, { ...plan, revision: plan.revision + 1 }, asked);
  const data = { by: context.operator, planId: plan.planId, ...asked, digest, authors };
  return [{ type: "approval-asked", data }];
}

/** After the all clear measures can only be taken back. */
function refuseClosed(incident: Incident): void {
  if (incident.allClear !== null)
    throw new ResponseError("ERR_INCIDENT_CLOSED", ["the all clear was given"], "reopen the incident");
}

/** INVARIANT: no count, however it came about, makes a measure for everybody one for few. */
function refuseTooFew(plan: PlanState, reachAccounts: number | null, context: DecisionContext): void {
  const forAll = plan.measures.find(({ cohort }) => cohort === undefined || "everyone" in cohort);
  if (forAll === undefined || reachAccounts === null) return;
  if (reachAccounts > rulesOf(context).oneApprovalUpToAccounts) return;
  throw new ResponseError("ERR_TERMS", [
    `\`${forAll.id}\` is for everybody, so it can't reach only ${reachAccounts} accounts`,
  ]);
}

function refuseOldDirectory(plan: PlanState, asOf: string | null, context: DecisionContext): void {
  const asOfMs = asOf === null ? null : parseInstant(asOf);
  if (asOfMs === null || asOfMs > context.nowMs) {
    throw new ResponseError("ERR_DIRECTORY_OLD", [
      `the directory is as of \`${asOf ?? "nobody knows when"}\`, expected a time that is past`,
    ]);
  }
  const rules = rulesOf(context);
  const maxMs = Math.min(rules.directoryAgeMaxMs, plan.terms?.directoryAgeMaxMs ?? Infinity);
  if (context.nowMs - asOfMs <= maxMs) return;
  throw new ResponseError(
    "ERR_DIRECTORY_OLD",
    [`the directory is as of \`${asOf ?? ""}\`, older than the ${maxMs} ms that the plan allows`],
    "refresh the directory and ask for approval again",
  );
}

function declinedReason(planId: string, { declined }: AskedApproval): string {
  return `\`${declined?.by ?? ""}\` declined plan \`${planId}\`: ${declined?.because ?? ""}`;
}

/** What waits for approval, if it is what `digest` names and nobody declined it. */
export function openAct(plan: PlanState, digest: string): AskedApproval {
  const { asked, planId } = plan;
  if (asked === null)
    throw new ResponseError("ERR_NOT_ASKED", [`nothing of plan \`${planId}\` waits for approval`]);
  // INVARIANT: an approval is of what its digest names and of nothing that came after.
  if (asked.digest !== digest) {
    throw new ResponseError(
      "ERR_APPROVAL_STALE",
      [`\`${digest}\` is not what waits for approval of plan \`${planId}\` now`],
      "read the plan again",
    );
  }
  if (asked.declined !== null) throw new ResponseError("ERR_DECLINED", [declinedReason(planId, asked)]);
  const isOver =
    asked.act === "plan"
      ? plan.phase !== "drafted"
      : asked.granted !== null || (asked.act === "lift" && plan.phase !== "lift-proposed");
  if (isOver)
    throw new ResponseError("ERR_NOT_ASKED", [`\`${digest}\` has had its approvals and is being done`]);
  return asked;
}

export function giveApproval(
  incident: Incident,
  command: Command<"give-approval">,
  context: DecisionContext,
): IncidentEvent[] {
  const { planId, digest, signature = null } = command;
  const { operator: by, nowMs } = context;
  const plan = planOf(incident, planId);
  const asked = openAct(plan, digest);
  if (asked.act !== "lift") refuseClosed(incident);
  // INVARIANT: nobody approves what they had a hand in, whatever roles they have.
  if (asked.authors.includes(by)) {
    throw new ResponseError("ERR_OWN_APPROVAL", [
      `\`${by}\` had a hand in \`${planId}\`, so somebody else must approve it`,
    ]);
  }
  if (asked.act === "plan") {
    refuseOldDirectory(plan, asked.directoryAsOf, context);
    refuseTaken(planId, plan.measures, context);
  }
  const before = countApprovals(incident, asked, context);
  if (before.people.includes(by))
    throw new ResponseError("ERR_APPROVAL_REPEATED", [`\`${by}\` has approved \`${planId}\` already`]);
  const given: IncidentEvent = { type: "approval-given", data: { by, planId, digest, signature } };
  // Renewed in the place of one that expired before the run was started: nothing more to grant.
  if (asked.granted !== null) return [given];
  const withThis = { ...asked, approvals: [...asked.approvals, { by, atMs: nowMs, signature }] };
  if (!countApprovals(incident, withThis, context).isEnough) return [given];
  return [given, grantOf(asked, planId, by)];
}

function grantOf({ act, extension }: AskedApproval, planId: string, by: string): IncidentEvent {
  switch (act) {
    case "plan":
      return { type: "plan-approved", data: { by, planId } };
    case "lift":
      return { type: "lift-approved", data: { by, planId } };
    case "extension":
      if (extension === null) throw new TypeError("an extension that extends nothing");
      return { type: "run-extended", data: { by, planId, ...extension } };
  }
}

export function declineApproval(
  incident: Incident,
  command: Command<"decline-approval">,
  context: DecisionContext,
): IncidentEvent[] {
  const { planId, digest } = command;
  openAct(planOf(incident, planId), digest);
  const because = requireText("the reason", command.because);
  return [{ type: "approval-declined", data: { by: context.operator, planId, digest, because } }];
}
