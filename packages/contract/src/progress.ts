import { Type, type Static } from "typebox";

const Count = Type.Integer({ minimum: 0 });

/** How many accounts have met a rule at one point, each counted once, with the first request that showed it. */
export const RuleMet = Type.Object(
  {
    rule: Type.String({ minLength: 1, maxLength: 200 }),
    measure: Type.String({ maxLength: 40 }),
    accounts: Count,
    isWhole: Type.Boolean({ description: "false: the point had no room for more" }),
    waves: Type.Union([Type.Array(Count, { maxItems: 1000 }), Type.Null()], {
      description: "from wave 0; null where they are not counted one by one",
    }),
    markets: Type.Record(Type.String({ pattern: "^[A-Za-z0-9._-]{1,64}$" }), Count, { maxProperties: 301 }),
    stores: Type.Record(Type.String({ pattern: "^[A-Za-z0-9._-]{1,64}$" }), Count, { maxProperties: 61 }),
  },
  { title: "RuleMet", additionalProperties: false },
);
export type RuleMet = Static<typeof RuleMet>;

const Met = Type.Object(
  {
    startedAt: Type.String({ format: "date-time", description: "since when the point has counted" }),
    rules: Type.Array(RuleMet, { maxItems: 32 }),
  },
  { additionalProperties: false },
);

/** What an enforcement point has counted since it started; the latest report of a point replaces the one before. */
export const ReportProgress = Type.Object(
  {
    point: Type.String({ pattern: "^[A-Za-z0-9._:-]{1,100}$", description: "names the enforcement point" }),
    bundleVersion: Type.Union([Type.Integer({ minimum: 0 }), Type.Null()]),
    counters: Type.Record(
      Type.String({ pattern: "^[A-Za-z0-9._:-]{1,100}$" }),
      Type.Integer({ minimum: 0 }),
      {
        maxProperties: 500,
      },
    ),
    met: Type.Optional(Met),
  },
  { title: "ReportProgress", additionalProperties: false },
);
export type ReportProgress = Static<typeof ReportProgress>;

export const Progress = Type.Object(
  {
    point: Type.String(),
    bundleVersion: Type.Union([Type.Integer(), Type.Null()]),
    counters: Type.Record(Type.String(), Type.Integer()),
    met: Type.Optional(Met),
    reportedAt: Type.String(),
  },
  { title: "Progress" },
);
export type Progress = Static<typeof Progress>;
