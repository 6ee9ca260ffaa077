import { Type, type Static } from "typebox";
import { Signed } from "./operator.ts";
import { orNull, strict } from "./shape.ts";
import { ClaimId, Digest, Paragraph, PersonName } from "./text.ts";

/** On these claims nobody is at an increased risk. It is told to nobody until somebody else has signed it. */
export const StateNoIncreasedRisk = Type.Object(
  {
    statement: Paragraph,
    because: Paragraph,
    claimIds: Type.Array(ClaimId, { minItems: 1, maxItems: 100, uniqueItems: true }),
  },
  { ...strict, title: "StateNoIncreasedRisk" },
);
export type StateNoIncreasedRisk = Static<typeof StateNoIncreasedRisk>;

export const SignNoIncreasedRisk = Type.Object(
  { digest: Digest, name: Type.Optional(PersonName) },
  { ...strict, title: "SignNoIncreasedRisk" },
);
export type SignNoIncreasedRisk = Static<typeof SignNoIncreasedRisk>;

export const RiskDecision = Type.Object(
  {
    id: Type.String(),
    statement: Type.String(),
    because: Type.String(),
    claimIds: Type.Array(ClaimId),
    digest: Digest,
    stated: Signed,
    signed: orNull(Type.Object({ by: Type.String(), at: Type.String(), name: Type.String() })),
    stands: Type.Boolean({ description: "signed, and every claim under it holds" }),
  },
  { title: "RiskDecision" },
);
export type RiskDecision = Static<typeof RiskDecision>;
