import { standingClaims, type Incident, type Step } from "../incident.ts";

/** "No increased risk", as somebody stated it and somebody else signed it. */
export interface RiskDecision {
  readonly decisionId: string;
  readonly statement: string;
  readonly because: string;
  readonly claimIds: readonly string[];
  /** Over the statement, its reason, its claims and the answers that those rest on. */
  readonly digest: string;
  readonly stated: Step;
  readonly signed: (Step & { readonly name: string }) | null;
}

/** Why the claims no longer carry a decision, one sentence each; empty while they do. */
export function riskFaults(incident: Incident, claimIds: readonly string[]): string[] {
  const standing = new Map(standingClaims(incident).map((claim) => [claim.claimId, claim]));
  return claimIds.flatMap((claimId) => {
    const claim = standing.get(claimId);
    if (claim === undefined) return [`\`${claimId}\` is not what is claimed now`];
    if (claim.contradicted === null) return [];
    return [`claim \`${claimId}\` no longer holds: ${claim.contradicted.because}`];
  });
}

/** Ids of the decisions that were signed and whose claims all hold: what may still be told. */
export function standingRiskDecisions(incident: Incident): ReadonlySet<string> {
  const standing = incident.riskDecisions.filter(
    (one) => one.signed !== null && riskFaults(incident, one.claimIds).length === 0,
  );
  return new Set(standing.map((one) => one.decisionId));
}
