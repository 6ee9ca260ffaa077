import { Type, type Static, type TSchema } from "typebox";
import { Measure } from "./measure.ts";
import { Signed } from "./operator.ts";
import { Instant, PlanId } from "./text.ts";

/** The most measures of one plan. */
const planMeasuresMax = 50;

export const DraftPlan = Type.Object(
  { measures: Type.Array(Measure, { minItems: 1, maxItems: planMeasuresMax }) },
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

const orNull = <T extends TSchema>(schema: T) => Type.Union([schema, Type.Null()]);

export const Plan = Type.Object(
  {
    id: PlanId,
    state: Type.Enum([...planStates]),
    measures: Type.Array(Measure),
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
        { attempts: Type.Integer(), lastFailure: orNull(Type.String()) },
        {
          description: "a bundle is wanted for this plan and not yet in force",
        },
      ),
    ),
  },
  { title: "Plan" },
);
export type Plan = Static<typeof Plan>;
