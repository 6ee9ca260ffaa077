import { Type, type Static } from "typebox";
import { ClaimId, Digest, NoticeId, PlanId } from "./text.ts";

/** Every claim that fell, and what was sent or done on it. */
export const Fallout = Type.Object(
  {
    claims: Type.Array(
      Type.Object({
        claimId: ClaimId,
        because: Type.String(),
        contradictedBy: Digest,
        notices: Type.Array(Type.Object({ noticeId: NoticeId, state: Type.String() })),
        riskDecisions: Type.Array(Type.String()),
        measures: Type.Array(Type.Object({ planId: PlanId, measureId: Type.String() })),
      }),
    ),
  },
  { title: "Fallout" },
);
export type Fallout = Static<typeof Fallout>;
