import { Type, type Static } from "typebox";
import { Cohort } from "./cohort.ts";
import { Instant, Line, MeasureId } from "./text.ts";
import { orNull, strict } from "./shape.ts";

const ms = Type.Integer({ minimum: 0, maximum: 366 * 86_400_000 });

export const RateLimit = Type.Object(
  {
    rate: Line,
    atMost: Type.Number({ description: "in the unit of its samples" }),
    silenceMs: Type.Integer({
      minimum: 1,
      maximum: 86_400_000,
      description: "without a sample for so long it counts as over its limit",
    }),
  },
  { ...strict, title: "RateLimit" },
);
export type RateLimit = Static<typeof RateLimit>;

/** How a plan is run. A plan without terms is put in force whole by the next bundle. */
export const PlanTerms = Type.Object(
  {
    canary: Type.Object(
      { cohort: Cohort, forMs: Type.Integer({ minimum: 1, maximum: 30 * 86_400_000 }) },
      { ...strict, description: "who meets each stage first, and for how long at least" },
    ),
    stages: Type.Optional(
      orNull(Type.Array(Type.Array(MeasureId, { minItems: 1, maxItems: 50 }), { minItems: 1, maxItems: 50 })),
    ),
    exempt: Type.Optional(orNull(Cohort)),
    limits: Type.Optional(Type.Array(RateLimit, { maxItems: 50 })),
    end: Type.Optional(
      Type.Object(
        {
          metShareAtLeast: Type.Optional(orNull(Type.Number({ minimum: 0, maximum: 1 }))),
          at: Type.Optional(orNull(Instant)),
        },
        strict,
      ),
    ),
    directoryAgeMaxMs: Type.Optional(orNull(ms)),
    publishTakesMs: Type.Optional(ms),
  },
  { ...strict, title: "PlanTerms" },
);
export type PlanTerms = Static<typeof PlanTerms>;
