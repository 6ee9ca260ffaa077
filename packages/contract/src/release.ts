import { Type, type Static } from "typebox";

const pointName = Type.String({ pattern: "^[A-Za-z0-9._:-]{1,100}$" });

/** Which enforcement points are given a new bundle first. Without points every bundle goes to all at once. */
export const PlanRelease = Type.Object(
  {
    points: Type.Array(pointName, {
      maxItems: 1000,
      uniqueItems: true,
      description: "names of enforcement points, as in their reports and in `Cordon-Point`",
    }),
    promote: Type.Optional(
      Type.Union([Type.Literal("reported"), Type.Literal("manual")], {
        description: "`reported` (the default): when one of them has it in force and has refused none",
      }),
    ),
    afterMs: Type.Optional(
      Type.Union([Type.Integer({ minimum: 0, maximum: 7 * 86_400_000 }), Type.Null()], {
        description: "to all so long after it was published in any case",
      }),
    ),
  },
  { title: "PlanRelease", additionalProperties: false },
);
export type PlanRelease = Static<typeof PlanRelease>;

export const Release = Type.Object(
  {
    plan: Type.Union([
      Type.Object({
        points: Type.Array(pointName),
        promote: Type.Union([Type.Literal("reported"), Type.Literal("manual")]),
        afterMs: Type.Union([Type.Integer(), Type.Null()]),
      }),
      Type.Null(),
    ]),
    promotedVersion: Type.Union([Type.Integer(), Type.Null()], {
      description: "what every point is given; null before the first bundle",
    }),
    staged: Type.Union([Type.Object({ version: Type.Integer(), since: Type.String() }), Type.Null()], {
      description: "what the plan's points are given beyond that",
    }),
  },
  { title: "Release" },
);
export type Release = Static<typeof Release>;
