import { Type, type Static } from "typebox";
import { Signed } from "./operator.ts";
import { orNull, strict } from "./shape.ts";
import { Digest, Paragraph } from "./text.ts";

const limits = {
  oneApprovalUpToAccounts: Type.Integer({
    minimum: 0,
    description: "the most accounts that an act may reach with one approval",
  }),
  twoApprovalsUpToAccounts: orNull(
    Type.Integer({ minimum: 0, description: "with two; over it three. null: two are always enough" }),
  ),
  approvalLastsMs: Type.Integer({ minimum: 60_000, maximum: 30 * 86_400_000 }),
};

/** Tighter limits hold at once, looser ones wait for others to agree. */
export const SetApprovalLimits = Type.Object(
  { ...limits, because: Paragraph },
  { ...strict, title: "SetApprovalLimits" },
);
export type SetApprovalLimits = Static<typeof SetApprovalLimits>;

export const AgreeApprovalLimits = Type.Object(
  { digest: Digest },
  { ...strict, title: "AgreeApprovalLimits" },
);
export type AgreeApprovalLimits = Static<typeof AgreeApprovalLimits>;

export const ApprovalLimits = Type.Object(
  {
    ...limits,
    asked: orNull(
      Type.Object({
        ...limits,
        because: Type.String(),
        digest: Digest,
        asked: Signed,
        needed: Type.Integer({ description: "how many others must agree" }),
        approvals: Type.Array(Signed),
      }),
    ),
  },
  { title: "ApprovalLimits" },
);
export type ApprovalLimits = Static<typeof ApprovalLimits>;
