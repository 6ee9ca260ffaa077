import { Type, type Static } from "typebox";
import { AskedApproval } from "./approval.ts";
import { Measure } from "./measure.ts";
import { Signed } from "./operator.ts";
import { Run } from "./run.ts";
import { orNull } from "./shape.ts";
import { PlanTerms } from "./terms.ts";
import { Instant, PlanId } from "./text.ts";

/** The most measures of one plan. */
const planMeasuresMax = 50;

export const DraftPlan = Type.Object(
  {
    measures: Type.Array(Measure, { minItems: 1, maxItems: planMeasuresMax }),
    terms: Type.Optional(orNull(PlanTerms)),
  },
  { title: "DraftPlan", additionalProperties: false },
);
export type DraftPlan = Static<typeof DraftPlan>;

/** drafted → approved → in-force → lift-proposed → lift-approved → lifted */
export const planStates = [
  "drafted",
  "approved",
  "in-force",
  "lift-proposed",
  "lift-approved",
  "lifted",
] as const;

export const Plan = Type.Object(
  {
    id: PlanId,
    state: Type.Enum([...planStates]),
    measures: Type.Array(Measure),
    terms: orNull(PlanTerms),
    run: orNull(Run),
    revision: Type.Integer(),
    authors: Type.Array(Type.String()),
    asked: orNull(AskedApproval),
    drafted: Signed,
    approved: orNull(Signed),
    liftProposed: orNull(Signed),
    liftApproved: orNull(Signed),
    /** Set once a bundle with these measures is in force. */
    inForce: orNull(
      Type.Object({
        bundleVersion: Type.Integer(),
        at: Type.String(),
        cutoff: Instant,
        cohorts: Type.Record(Type.String(), Type.Integer(), {
          description:
            "accounts in each measure's cohort, by measure id; measures for everybody are left out",
        }),
      }),
    ),
    liftedInBundle: orNull(Type.Integer()),
    publishing: orNull(
      Type.Object(
        {
          attempts: Type.Integer(),
          lastFailure: orNull(Type.String()),
          waitsForSignatures: Type.Boolean({
            description: "the bundle is prepared and too few have signed it",
          }),
        },
        {
          description: "a bundle is wanted for this plan and not yet in force",
        },
      ),
    ),
  },
  { title: "Plan" },
);
export type Plan = Static<typeof Plan>;
