import { Type, type Static } from "typebox";
import { AccountBounds, DataClasses } from "./answer.ts";
import { Signed } from "./operator.ts";
import { ClaimId, Digest } from "./text.ts";

/** Binds a claim to an answer. Refused until a named person has accepted each assumption of the answer. */
export const MakeClaim = Type.Object(
  { answerDigest: Digest },
  { title: "MakeClaim", additionalProperties: false },
);
export type MakeClaim = Static<typeof MakeClaim>;

export const Claim = Type.Object(
  {
    id: ClaimId,
    answerDigest: Digest,
    questionDigest: Digest,
    made: Signed,
    accounts: AccountBounds,
    dataClasses: DataClasses,
    window: Type.Object({ from: Type.String(), to: Type.String() }),
    holds: Type.Boolean({ description: "false once a later answer contradicts it" }),
    contradictedBy: Type.Union([Digest, Type.Null()]),
    replacedBy: Type.Union([ClaimId, Type.Null()], { description: "a later claim on the same question" }),
  },
  { title: "Claim" },
);
export type Claim = Static<typeof Claim>;
