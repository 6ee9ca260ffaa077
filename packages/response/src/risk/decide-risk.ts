import { createHash } from "node:crypto";
import { canonicalJson } from "@cordon/model";
import type { DecisionContext } from "../command.ts";
import { ResponseError } from "../errors.ts";
import type { IncidentEvent } from "../event.ts";
import type { Incident } from "../incident.ts";
import { requireText } from "../wording.ts";
import type { RiskCommand } from "./risk-command.ts";
import { riskFaults } from "./risk-decision.ts";

type Command<Kind extends RiskCommand["kind"]> = Extract<RiskCommand, { kind: Kind }>;

export function stateNoIncreasedRisk(
  incident: Incident,
  command: Command<"state-no-increased-risk">,
  { operator: by }: DecisionContext,
): IncidentEvent[] {
  const { decisionId, claimIds } = command;
  if (incident.riskDecisions.some((one) => one.decisionId === decisionId))
    throw new ResponseError("ERR_EXISTS", [`there is a decision \`${decisionId}\` already`]);
  if (claimIds.length === 0)
    throw new ResponseError("ERR_NO_CLAIM", ["it rests on no claim, so there is nothing to judge it by"]);
  requireStanding(incident, claimIds);
  const statement = requireText("the statement", command.statement);
  const because = requireText("the reason", command.because);
  const answers = claimIds.map(
    (claimId) => incident.claims.find((claim) => claim.claimId === claimId)?.answerDigest ?? "",
  );
  const { incidentId } = incident;
  const signed = { incidentId, decisionId, statement, because, claimIds, answers };
  const digest = `sha256:${createHash("sha256").update(canonicalJson(signed)).digest("hex")}`;
  return [
    { type: "no-increased-risk-stated", data: { by, decisionId, statement, because, claimIds, digest } },
  ];
}

export function signNoIncreasedRisk(
  incident: Incident,
  command: Command<"sign-no-increased-risk">,
  { operator: by }: DecisionContext,
): IncidentEvent[] {
  const { decisionId, digest } = command;
  const decision = incident.riskDecisions.find((one) => one.decisionId === decisionId);
  if (decision === undefined) throw new ResponseError("ERR_RISK", [`there is no decision \`${decisionId}\``]);
  if (decision.signed !== null)
    throw new ResponseError("ERR_RISK", [`\`${decision.signed.by}\` has signed \`${decisionId}\` already`]);
  if (decision.digest !== digest) {
    throw new ResponseError("ERR_APPROVAL_STALE", [
      `\`${digest}\` is not what decision \`${decisionId}\` says`,
    ]);
  }
  const makers = incident.claims.filter((one) => decision.claimIds.includes(one.claimId));
  // INVARIANT: nobody signs their own words, nor words on a claim that they made.
  if (decision.stated.by === by || makers.some((claim) => claim.made.by === by)) {
    throw new ResponseError("ERR_OWN_APPROVAL", [
      `\`${by}\` stated \`${decisionId}\` or made a claim it rests on, so somebody else must sign it`,
    ]);
  }
  requireStanding(incident, decision.claimIds);
  const name = requireText("the name", command.name);
  const { statement, because } = decision;
  return [
    { type: "no-increased-risk-signed", data: { by, decisionId, digest, name } },
    { type: "decision-recorded", data: { by, statement, because, name, riskDecisionId: decisionId } },
  ];
}

function requireStanding(incident: Incident, claimIds: readonly string[]): void {
  const [first, ...others] = riskFaults(incident, claimIds);
  if (first !== undefined)
    throw new ResponseError("ERR_CLAIM_DOES_NOT_HOLD", [first, ...others], "rest it on the claims that hold");
}
