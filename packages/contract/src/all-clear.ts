import { Type, type Static } from "typebox";
import { strict } from "./shape.ts";
import { RateLimit } from "./terms.ts";

/** What must be seen before the all clear is given. */
export const AllClearCriteria = Type.Object(
  {
    metShareAtLeast: Type.Number({ minimum: 0, maximum: 1 }),
    quietForMs: Type.Integer({ minimum: 0 }),
    pointsBehindMax: Type.Integer({ minimum: 0 }),
    limits: Type.Array(RateLimit, { maxItems: 50 }),
  },
  { ...strict, title: "AllClearCriteria" },
);
export type AllClearCriteria = Static<typeof AllClearCriteria>;

export const AllClearJudgement = Type.Object(
  {
    isClear: Type.Boolean(),
    findings: Type.Array(
      Type.Object({
        criterion: Type.Enum(["finished", "met", "quiet", "points", "rates"]),
        holds: Type.Boolean(),
        because: Type.String(),
      }),
    ),
  },
  { title: "AllClearJudgement" },
);
export type AllClearJudgement = Static<typeof AllClearJudgement>;
