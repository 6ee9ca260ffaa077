/** Words that somebody stands for: on these claims, nobody is at an increased risk. Not in force until it is signed. */
interface StateNoIncreasedRisk {
  readonly kind: "state-no-increased-risk";
  readonly decisionId: string;
  readonly statement: string;
  readonly because: string;
  /** The claims that it rests on; all must hold. */
  readonly claimIds: readonly string[];
}

interface SignNoIncreasedRisk {
  readonly kind: "sign-no-increased-risk";
  readonly decisionId: string;
  /** Of the statement that was read. */
  readonly digest: string;
  /** The signer, as a notice names them. */
  readonly name: string;
}

export type RiskCommand = StateNoIncreasedRisk | SignNoIncreasedRisk;
