import { Type, type Static } from "typebox";
import { Signed } from "./operator.ts";
import { orNull, strict } from "./shape.ts";
import { Digest, Instant, Paragraph, PlanId } from "./text.ts";

/** A run goes on later, slower or both. */
const Extension = Type.Object(
  {
    pace: Type.Integer({ minimum: 1, maximum: 100, description: "each wave takes so many times as long" }),
    until: orNull(Instant),
  },
  { ...strict, title: "Extension" },
);

const AskForPlan = Type.Object({ act: Type.Literal("plan") }, { ...strict, title: "AskForPlan" });
const AskForLift = Type.Object(
  { act: Type.Literal("lift"), because: Paragraph },
  { ...strict, title: "AskForLift" },
);
const AskForExtension = Type.Object(
  { act: Type.Literal("extension"), because: Paragraph, extension: Extension },
  { ...strict, title: "AskForExtension" },
);

/** Whom the plan reaches is counted by the control plane, on its directory. */
export const AskApproval = Type.Union([AskForPlan, AskForLift, AskForExtension], { title: "AskApproval" });
export type AskApproval = Static<typeof AskApproval>;

export const GiveApproval = Type.Object(
  { digest: Digest },
  {
    ...strict,
    title: "GiveApproval",
    description: "`digest`: of what was read, as the plan's `asked` has it",
  },
);
export type GiveApproval = Static<typeof GiveApproval>;

export const DeclineApproval = Type.Object(
  { digest: Digest, because: Paragraph },
  { ...strict, title: "DeclineApproval" },
);
export type DeclineApproval = Static<typeof DeclineApproval>;

export const BreakTheGlass = Type.Object(
  { digest: Digest, because: Paragraph },
  { ...strict, title: "BreakTheGlass" },
);
export type BreakTheGlass = Static<typeof BreakTheGlass>;

export const ReviewBreakGlass = Type.Object(
  { digest: Digest, justified: Type.Boolean(), because: Paragraph },
  { ...strict, title: "ReviewBreakGlass" },
);
export type ReviewBreakGlass = Static<typeof ReviewBreakGlass>;

/** What waits for approval, or has had it. */
export const AskedApproval = Type.Object(
  {
    act: Type.Enum(["plan", "lift", "extension"]),
    digest: Digest,
    reachAccounts: orNull(Type.Integer({ minimum: 0 })),
    directoryAsOf: orNull(Type.String()),
    because: orNull(Type.String()),
    extension: orNull(Extension),
    asked: Signed,
    authors: Type.Array(Type.String(), {
      description: "whoever had a hand in it: their approval doesn't count",
    }),
    needed: Type.Integer({ minimum: 1, description: "how many people must agree" }),
    approvals: Type.Array(Signed),
    declined: orNull(Type.Object({ by: Type.String(), at: Type.String(), because: Type.String() })),
    granted: orNull(Signed),
  },
  { title: "AskedApproval" },
);
export type AskedApproval = Static<typeof AskedApproval>;

export const BreakGlass = Type.Object(
  {
    planId: PlanId,
    digest: Digest,
    because: Type.String(),
    broken: Signed,
    approvalsHad: Type.Integer(),
    approvalsNeeded: Type.Integer(),
    reviewBy: Type.String(),
    review: orNull(
      Type.Object({
        by: Type.String(),
        at: Type.String(),
        justified: Type.Boolean(),
        because: Type.String(),
      }),
    ),
  },
  { title: "BreakGlass" },
);
export type BreakGlass = Static<typeof BreakGlass>;
