import { Type, type Static } from "typebox";
import { Signed } from "./operator.ts";
import { orNull, strict } from "./shape.ts";
import { Instant, Line, Paragraph, PersonName } from "./text.ts";

const startEvents = ["suspicion", "awareness", "assessment", "determination", "materiality"] as const;
const dutyStates = [
  "waiting",
  "running",
  "overdue",
  "tolled",
  "no-deadline",
  "done",
  "done-late",
  "waived",
] as const;
const ruleStates = ["verified", "secondary", "conflict"] as const;
/** How a source was read; `law` and `authority` are primary. */
const readings = [
  "law",
  "authority",
  "reprint",
  "quoted",
  "draft-guide",
  "law-firms",
  "data-set",
  "recalled",
] as const;
const addressees = ["authority", "individuals", "investors"] as const;

const Market = Type.String({
  description:
    "ISO 3166, as DE or US-CA, or EU; a state of the EEA has the EU's duties, US-CA those of the US",
  pattern: "^[A-Z]{2}(-[A-Z0-9]{1,3})?$",
});

export const SetDutyMarkets = Type.Object(
  { markets: Type.Array(Market, { maxItems: 500, uniqueItems: true }), because: Type.Optional(Paragraph) },
  {
    ...strict,
    title: "SetDutyMarkets",
    description: "`because` is needed where a market is no longer concerned",
  },
);
export type SetDutyMarkets = Static<typeof SetDutyMarkets>;

export const RecordDutyEvent = Type.Object(
  {
    event: Type.Enum([...startEvents]),
    at: Instant,
    because: Type.Optional(Paragraph),
    name: Type.Optional(PersonName),
  },
  {
    ...strict,
    title: "RecordDutyEvent",
    description:
      "`at`: when it happened, not later than now. `because` is needed where a known time would move later; every time stays on record",
  },
);
export type RecordDutyEvent = Static<typeof RecordDutyEvent>;

export const MarkDutyDone = Type.Object(
  {
    at: Instant,
    reference: Type.String({ ...Line, title: "Reference", description: "how it can be found again" }),
    authority: Type.Optional(
      Type.String({ ...Line, title: "Authority", description: "which authority was told" }),
    ),
    name: Type.Optional(PersonName),
  },
  { ...strict, title: "MarkDutyDone", description: "`at`: when it was done, not later than now" },
);
export type MarkDutyDone = Static<typeof MarkDutyDone>;

export const WaiveDuty = Type.Object(
  { because: Paragraph, name: Type.Optional(PersonName) },
  { ...strict, title: "WaiveDuty" },
);
export type WaiveDuty = Static<typeof WaiveDuty>;

export const ExtendDuty = Type.Object(
  { until: Instant, because: Paragraph },
  { ...strict, title: "ExtendDuty" },
);
export type ExtendDuty = Static<typeof ExtendDuty>;

export const TollDuty = Type.Object(
  {
    from: Instant,
    to: Type.Optional({ ...orNull(Instant), description: "null or left out: until further notice" }),
    because: Paragraph,
  },
  { ...strict, title: "TollDuty" },
);
export type TollDuty = Static<typeof TollDuty>;

const DutyClock = Type.Union(
  [
    Type.Object({
      unit: Type.Enum(["hours", "calendar-days", "calendar-months"]),
      count: Type.Integer(),
    }),
    Type.Object({
      unit: Type.Literal("business-days"),
      count: Type.Integer(),
      calendar: Type.String({ description: "whose holidays are left out" }),
      closes: orNull(Type.String({ description: "HH:MM, local" })),
    }),
    Type.Object({ unit: Type.Literal("none"), words: Type.String() }),
  ],
  { title: "DutyClock" },
);

const DutyRule = Type.Object(
  {
    id: Type.String(),
    market: Type.String(),
    authority: Type.String(),
    to: Type.Enum([...addressees]),
    law: Type.String(),
    applies: Type.String({ description: "when it applies, in words; people decide" }),
    clock: DutyClock,
    timeZone: Type.String(),
    contents: Type.Array(Type.String(), { description: "what the notice must hold" }),
    state: Type.Enum([...ruleStates], {
      description:
        "`verified`: held against the law itself; `secondary`: read elsewhere; `conflict`: sources disagree, the shortest time counts",
    }),
    source: Type.Object({ title: Type.String(), url: orNull(Type.String()), read: Type.Enum([...readings]) }),
    conflicts: Type.Array(Type.Object({ says: Type.String(), source: Type.String() })),
    verifiedOn: orNull(Type.String()),
  },
  { title: "DutyRule" },
);

const DutySettled = Type.Union(
  [
    Type.Object({
      outcome: Type.Literal("done"),
      at: Type.String(),
      reference: Type.String(),
      authority: orNull(Type.String()),
      name: Type.String(),
      recorded: Signed,
    }),
    Type.Object({
      outcome: Type.Literal("not-applicable"),
      because: Type.String(),
      name: Type.String(),
      recorded: Signed,
    }),
  ],
  { title: "DutySettled" },
);

const Duty = Type.Object(
  {
    rule: DutyRule,
    status: Type.Enum([...dutyStates]),
    soon: Type.Boolean({ description: "less than 24 hours are left" }),
    waitsFor: orNull(Type.String()),
    startedAt: orNull(Type.String()),
    dueAt: orNull(Type.String({ description: "the first instant that is too late" })),
    lastDay: orNull(Type.String({ description: "the last local day in time" })),
    leftMs: orNull(Type.Integer({ description: "negative once it is overdue" })),
    extended: orNull(Type.Object({ until: Type.String(), because: Type.String() })),
    tolledMs: Type.Integer(),
    holidaysKnown: orNull(Type.Boolean()),
    skipped: Type.Array(Type.Object({ date: Type.String(), because: Type.String() })),
    settled: orNull(DutySettled),
  },
  { title: "Duty" },
);
export type Duty = Static<typeof Duty>;

const notLegalAdvice = Type.Literal(true, { description: "information with its source, never legal advice" });

export const IncidentDuties = Type.Object(
  {
    notLegalAdvice,
    at: Type.String({ description: "when the countdown was taken" }),
    rulesVersion: Type.String(),
    markets: Type.Array(Type.String()),
    marketsWithoutRules: Type.Array(Type.String(), {
      description: "nothing is known of their duties, which is not that there are none",
    }),
    unknownRules: Type.Array(Type.String(), {
      description: "something was recorded of them, and this server's rules no longer have them",
    }),
    starts: Type.Array(
      Type.Object({
        event: Type.Enum([...startEvents]),
        at: Type.String({ description: "when it happened, as `name` decided" }),
        name: Type.String(),
        because: orNull(Type.String()),
        before: orNull(Type.String({ description: "the time that was known until then" })),
        recorded: Signed,
        stands: Type.Boolean({ description: "false: another one was recorded since" }),
      }),
    ),
    duties: Type.Array(Duty),
  },
  { title: "IncidentDuties" },
);
export type IncidentDuties = Static<typeof IncidentDuties>;

/** What an incident's view shows of a duty: what does not change by itself from one second to the next. */
export const DutySummary = Type.Object(
  {
    rule: Type.String(),
    market: Type.String(),
    law: Type.String(),
    to: Type.Enum([...addressees]),
    status: Type.Enum([...dutyStates]),
    soon: Type.Boolean(),
    dueAt: orNull(Type.String()),
    waitsFor: orNull(Type.String()),
    state: Type.Enum([...ruleStates]),
    source: Type.String(),
  },
  { title: "DutySummary" },
);
export type DutySummary = Static<typeof DutySummary>;

export const AuthorityForm = Type.Object(
  {
    notLegalAdvice,
    at: Type.String(),
    rule: Type.String(),
    law: Type.String(),
    state: Type.Enum([...ruleStates]),
    source: Type.String(),
    claims: Type.Array(Type.String(), { description: "claims that hold, on which it rests" }),
    leftOut: Type.Array(Type.Object({ claim: Type.String(), because: Type.String() }), {
      description: "claims that fell: nothing of them is in it",
    }),
    fields: Type.Array(
      Type.Object({
        article: Type.String(),
        field: Type.String(),
        text: orNull(Type.String()),
        missing: Type.Boolean(),
      }),
    ),
    inPhases: Type.Boolean({ description: "something is missing: a first phase (33(4))" }),
    reasonsForDelayNeeded: Type.Boolean(),
  },
  { title: "AuthorityForm" },
);
export type AuthorityForm = Static<typeof AuthorityForm>;
