import type { Done } from "../event.ts";

interface RiskStated extends Done {
  readonly decisionId: string;
  readonly statement: string;
  readonly because: string;
  readonly claimIds: readonly string[];
  readonly digest: string;
}

interface RiskSigned extends Done {
  readonly decisionId: string;
  readonly digest: string;
  readonly name: string;
}

export interface RiskEventData {
  readonly "no-increased-risk-stated": RiskStated;
  readonly "no-increased-risk-signed": RiskSigned;
}
