import { Type, type Static } from "typebox";
import { Cohort } from "./cohort.ts";
import { Duration, Instant, MeasureId } from "./text.ts";

const strict = { additionalProperties: false };
const name = Type.String({ minLength: 1, maxLength: 64 });
const nameOrNames = Type.Union([name, Type.Array(name, { minItems: 1, maxItems: 64 })]);
const version = Type.String({ minLength: 1, maxLength: 64, examples: ["1.1.0"] });

const Where = Type.Object(
  { platform: Type.Optional(nameOrNames), store: Type.Optional(nameOrNames) },
  { ...strict, title: "Where" },
);

/** Waves open evenly over a time; without `from` the first opens at the rule's cutoff, or when the bundle is published. */
const Rollout = Type.Object(
  { from: Type.Optional(Instant), over: Duration, waves: Type.Integer({ minimum: 1, maximum: 10_000 }) },
  { ...strict, title: "Rollout" },
);

const whom = { id: MeasureId, cohort: Type.Optional(Cohort), where: Type.Optional(Where) };
const cutoff = {
  cutoff: Type.Optional(Instant),
  onMissing: Type.Optional(Type.Literal("ignore")),
  because: Type.Optional(Type.Union([Type.Literal("exposure"), Type.Literal("precaution")])),
  rollout: Type.Optional(Rollout),
};

/** Sign in again. Without `cutoff` it is the instant before the directory is fetched for the bundle. */
const Reauthenticate = Type.Object(
  {
    ...whom,
    measure: Type.Literal("reauthenticate"),
    ...cutoff,
    keys: Type.Optional(
      Type.Array(Type.String({ minLength: 1, maxLength: 200 }), { minItems: 1, maxItems: 100 }),
    ),
  },
  { ...strict, title: "Reauthenticate" },
);
const ChangePassword = Type.Object(
  { ...whom, measure: Type.Literal("change_password"), ...cutoff },
  { ...strict, title: "ChangePassword" },
);
const Upgrade = Type.Object(
  {
    ...whom,
    measure: Type.Literal("upgrade"),
    below: version,
    required: Type.Optional(Instant),
    stores: Type.Optional(
      Type.Record(
        Type.String(),
        Type.Object(
          {
            available: Type.Optional(Instant),
            link: Type.Optional(Type.String({ minLength: 1, maxLength: 2000 })),
          },
          strict,
        ),
        { maxProperties: 64 },
      ),
    ),
  },
  { ...strict, title: "Upgrade" },
);
const Redownload = Type.Object(
  {
    ...whom,
    measure: Type.Literal("redownload"),
    epoch: Type.Integer({ minimum: 1, maximum: 4_294_967_295 }),
    from: Type.Optional(version),
    rollout: Type.Optional(Rollout),
  },
  { ...strict, title: "Redownload" },
);
const RefuseClient = Type.Object(
  { ...whom, measure: Type.Literal("refuse_client"), trusted: Type.Array(name, { maxItems: 64 }) },
  { ...strict, title: "RefuseClient" },
);

export const Measure = Type.Union([Reauthenticate, ChangePassword, Upgrade, Redownload, RefuseClient], {
  title: "Measure",
});
export type Measure = Static<typeof Measure>;
