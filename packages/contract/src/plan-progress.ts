import { Type, type Static } from "typebox";
import { orNull } from "./shape.ts";
import { PlanId } from "./text.ts";

/** How far a plan has come, as far as enforcement points and the directory can tell. */
export const PlanProgress = Type.Object(
  {
    planId: PlanId,
    bundleVersion: orNull(Type.Integer()),
    points: Type.Object({ reporting: Type.Integer(), behind: Type.Integer() }),
    measures: Type.Array(
      Type.Object({
        measureId: Type.String(),
        people: Type.Integer({ description: "accounts of its cohort, by the directory" }),
        wavesOpen: Type.Integer(),
        waves: Type.Integer(),
        nextWaveAt: orNull(Type.String()),
        openPeople: Type.Integer({ description: "expected, of those whose wave is open" }),
        timesMet: Type.Integer({
          description: "denials and recommendations, counted by the points that report",
        }),
        metShare: orNull(Type.Number({ description: "null where no point counts who has met it" })),
      }),
    ),
  },
  { title: "PlanProgress" },
);
export type PlanProgress = Static<typeof PlanProgress>;
