import { Type, type Static } from "typebox";

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
  },
  { title: "ReportProgress", additionalProperties: false },
);
export type ReportProgress = Static<typeof ReportProgress>;

export const Progress = Type.Object(
  {
    point: Type.String(),
    bundleVersion: Type.Union([Type.Integer(), Type.Null()]),
    counters: Type.Record(Type.String(), Type.Integer()),
    reportedAt: Type.String(),
  },
  { title: "Progress" },
);
export type Progress = Static<typeof Progress>;
