import { Type, type Static } from "typebox";
import { orNull, strict } from "./shape.ts";
import { Instant } from "./text.ts";

const hoursOfWeek = 168;
const rate = Type.Number({ minimum: 0 });
const week = Type.Array(rate, {
  minItems: hoursOfWeek,
  maxItems: hoursOfWeek,
  description: "one number for each hour of the week, from Monday 00:00 UTC",
});

export const ActivityProfile = Type.Object(
  {
    groups: Type.Array(Type.Object({ people: rate, backByHour: week }, strict), {
      minItems: 1,
      maxItems: 100,
    }),
    atOnce: orNull(
      Type.Object(
        {
          share: Type.Number({ minimum: 0, maximum: 1 }),
          withinSeconds: Type.Number({ minimum: 1, maximum: 3600 }),
        },
        strict,
      ),
    ),
  },
  { ...strict, title: "ActivityProfile" },
);
export type ActivityProfile = Static<typeof ActivityProfile>;

/** What a preview can't know from the directory. */
export const PreviewPlan = Type.Object(
  {
    profile: ActivityProfile,
    basePerSecond: Type.Optional(orNull(week)),
    signInsPerSecondMax: Type.Optional(orNull(rate)),
    contactsPerThousand: Type.Optional(Type.Object({ signIns: rate, downloads: rate }, strict)),
    from: Type.Optional(Instant),
    hours: Type.Optional(Type.Integer({ minimum: 1, maximum: 17_520 })),
    exposedSessions: Type.Optional(
      Type.Record(Type.String(), Type.Integer({ minimum: 0 }), {
        maxProperties: 50,
        description: "sessions that may be in an intruder's hands, by measure id",
      }),
    ),
  },
  { ...strict, title: "PreviewPlan" },
);
export type PreviewPlan = Static<typeof PreviewPlan>;

const counts = Type.Record(Type.String(), Type.Integer());

export const Preview = Type.Object(
  {
    planId: Type.String(),
    directoryAsOf: Type.String(),
    people: Type.Integer({ description: "distinct accounts that any measure concerns" }),
    measures: Type.Array(
      Type.Object({
        measureId: Type.String(),
        people: Type.Integer(),
        newPeople: Type.Integer({ description: "of those, who meet nothing of the kind yet" }),
        byMarket: counts,
        byPlatform: counts,
        byStore: counts,
        cannotMeet: Type.Integer({
          description: "people whose store has no time at which it has the new version",
        }),
        exposedSessions: Type.Integer(),
        sessionHoursLeft: Type.Number(),
      }),
    ),
    difference: Type.Array(
      Type.Object({
        measureId: Type.String(),
        change: Type.Enum(["new", "changed", "same", "lifted"]),
      }),
    ),
    hours: Type.Array(
      Type.Object({
        from: Type.String(),
        signIns: Type.Number(),
        signInsPerSecondPeak: Type.Number(),
        downloads: Type.Number(),
        supportContacts: Type.Number(),
      }),
    ),
    signInsPerSecondPeak: Type.Number(),
    isWithinBudget: orNull(Type.Boolean()),
    warnings: Type.Array(Type.String()),
  },
  { title: "Preview" },
);
export type Preview = Static<typeof Preview>;

/** A budget that waves must keep. */
export const PlanWaves = Type.Object(
  {
    profile: ActivityProfile,
    signInsPerSecondMax: Type.Number({ exclusiveMinimum: 0 }),
    basePerSecond: Type.Optional(orNull(week)),
    from: Type.Optional(orNull(Instant)),
    overHoursMax: Type.Optional(Type.Integer({ minimum: 1, maximum: 8760 })),
  },
  { ...strict, title: "PlanWaves" },
);
export type PlanWaves = Static<typeof PlanWaves>;

export const WaveProposal = Type.Object(
  {
    measures: Type.Array(
      Type.Object({
        measureId: Type.String(),
        people: Type.Integer(),
        fits: Type.Boolean(),
        rollout: orNull(Type.Object({ over: Type.String(), waves: Type.Integer() })),
        perSecondPeak: Type.Number(),
        because: orNull(Type.String()),
      }),
    ),
  },
  { title: "WaveProposal" },
);
export type WaveProposal = Static<typeof WaveProposal>;
