import type { AuthorityForm } from "@cordon/contract";
import { formatInstant } from "@cordon/model";
import { article33Draft, dutiesOfIncident, dutyIncidentOf, holdingClaims } from "@cordon/response";
import { ControlPlaneError } from "../errors.ts";
import type { Plane } from "../plane.ts";
import { requireIncident } from "../run-command.ts";

/** Rules whose notice has the fields of GDPR article 33(3). */
const drafted: ReadonlySet<string> = new Set(["eu-gdpr-33", "gb-gdpr-33"]);

/** A draft for an authority, from the claims that hold now. Throws ERR_PLANE_NOT_FOUND for a duty that has none, or is none here. */
export async function draftAuthorityForm(
  plane: Plane,
  incidentId: string,
  ruleId: string,
): Promise<AuthorityForm> {
  await plane.record.catchUp();
  const incident = requireIncident(plane, incidentId);
  if (!drafted.has(ruleId))
    throw new ControlPlaneError("ERR_PLANE_NOT_FOUND", `there is no form for \`${ruleId}\``, {
      hint: `there is one for ${[...drafted].join(", ")}`,
    });
  const nowMs = plane.clock();
  const duty = dutiesOfIncident(plane.duties, incident, nowMs).duties.find(({ rule }) => rule.id === ruleId);
  if (duty === undefined)
    throw new ControlPlaneError("ERR_PLANE_NOT_FOUND", `\`${ruleId}\` is no duty of this incident`, {
      hint: "name its market among those that are concerned",
    });
  const known = new Map(plane.duties.pack.rules.map((rule) => [rule.id, rule]));
  const draft = article33Draft(dutyIncidentOf(incident, known), duty);
  const { law, state, source } = duty.rule;
  return {
    notLegalAdvice: true,
    at: formatInstant(nowMs),
    rule: ruleId,
    law,
    state,
    source: source.title,
    claims: holdingClaims(incident).map(({ claimId }) => claimId),
    leftOut: incident.claims.flatMap(({ claimId, contradicted }) =>
      contradicted === null ? [] : [{ claim: claimId, because: contradicted.because }],
    ),
    fields: draft.fields.map((field) => ({ ...field })),
    inPhases: draft.inPhases,
    reasonsForDelayNeeded: draft.reasonsForDelayNeeded,
  };
}
