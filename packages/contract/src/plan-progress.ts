import { Type, type Static } from "typebox";
import { orNull } from "./shape.ts";
import { PlanId } from "./text.ts";

/** Bounds on accounts that have met a measure, as enforcement points have counted them. */
export const MetCount = Type.Object(
  {
    atLeast: Type.Integer(),
    atMost: orNull(Type.Integer({ description: "null: nobody can tell" })),
  },
  { title: "MetCount" },
);
export type MetCount = Static<typeof MetCount>;

const MetBy = Type.Record(
  Type.String(),
  Type.Object({ people: orNull(Type.Integer()), atLeast: Type.Integer(), atMost: orNull(Type.Integer()) }),
);

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
        metShare: orNull(
          Type.Number({
            description:
              "by the directory where it can tell, else at least, by enforcement points; null where none counts",
          }),
        ),
        met: Type.Object({
          total: orNull(MetCount),
          because: orNull(Type.String({ description: "why something of it is not known" })),
          canary: orNull(MetCount),
          byWave: orNull(
            Type.Array(
              Type.Object({
                wave: Type.Integer({ description: "from 0" }),
                isOpen: Type.Boolean(),
                atLeast: Type.Integer(),
                atMost: orNull(Type.Integer()),
              }),
            ),
          ),
          byMarket: orNull(MetBy),
          byStore: orNull(MetBy),
        }),
      }),
    ),
  },
  { title: "PlanProgress" },
);
export type PlanProgress = Static<typeof PlanProgress>;
