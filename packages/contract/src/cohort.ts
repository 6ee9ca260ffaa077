import { Type, type Static } from "typebox";
import { AccountId, Digest, Instant } from "./text.ts";

/** The most account ids that a list in a plan may have. */
const cohortListMax = 100_000;
/** The most parts of a union or an intersection. */
const cohortPartsMax = 20;

const strict = { additionalProperties: false };
const oneOrMore = Type.Union([
  Type.String({ minLength: 1, maxLength: 64 }),
  Type.Array(Type.String({ minLength: 1, maxLength: 64 }), { minItems: 1, maxItems: 300 }),
]);

const version = Type.String({ minLength: 1, maxLength: 64 });

const Everyone = Type.Object({ everyone: Type.Literal(true) }, { ...strict, title: "Everyone" });
/** The accounts that an answer names. */
const ByAnswer = Type.Object({ answer: Digest }, { ...strict, title: "CohortByAnswer" });
/** All accounts that the suspects could have reached: those that an answer names, and whoever it leaves open. */
const ByReach = Type.Object({ reachableBy: Digest }, { ...strict, title: "CohortByReach" });
const ByList = Type.Object(
  { accounts: Type.Array(AccountId, { minItems: 1, maxItems: cohortListMax }) },
  { ...strict, title: "CohortByList" },
);
/** Accounts for which every given condition holds; conditions on installations hold for one and the same installation. */
const ByDirectory = Type.Object(
  {
    directory: Type.Object(
      {
        market: Type.Optional(oneOrMore),
        createdBefore: Type.Optional(Instant),
        createdFrom: Type.Optional(Instant),
        passwordSetBefore: Type.Optional(Instant),
        passwordSetFrom: Type.Optional(Instant),
        platform: Type.Optional(oneOrMore),
        store: Type.Optional(oneOrMore),
        versionBelow: Type.Optional(version),
        versionAt: Type.Optional(oneOrMore),
        versionAtLeast: Type.Optional(version),
        versionAbove: Type.Optional(version),
        lastSeenBefore: Type.Optional(Instant),
        lastSeenFrom: Type.Optional(Instant),
        hasOffline: Type.Optional(Type.Boolean()),
      },
      { ...strict, minProperties: 1 },
    ),
  },
  { ...strict, title: "CohortByDirectory" },
);

const simple = Type.Union([Everyone, ByAnswer, ByReach, ByList, ByDirectory], { title: "SimpleCohort" });
const parts = Type.Array(simple, { minItems: 1, maxItems: cohortPartsMax });
const combined = Type.Union(
  [
    simple,
    Type.Object({ union: parts }, { ...strict, title: "CohortUnionOfSimple" }),
    Type.Object({ intersect: parts }, { ...strict, title: "CohortIntersectionOfSimple" }),
    Type.Object({ minus: Type.Tuple([simple, simple]) }, { ...strict, title: "CohortMinusOfSimple" }),
  ],
  { title: "CombinedCohort" },
);
const combinedParts = Type.Array(combined, { minItems: 1, maxItems: cohortPartsMax });

/** Whom a measure is for. Set operations nest two deep, which names any set of a handful of parts. */
export const Cohort = Type.Union(
  [
    simple,
    Type.Object({ union: combinedParts }, { ...strict, title: "CohortUnion" }),
    Type.Object({ intersect: combinedParts }, { ...strict, title: "CohortIntersection" }),
    Type.Object({ minus: Type.Tuple([combined, combined]) }, { ...strict, title: "CohortMinus" }),
  ],
  { title: "Cohort" },
);
export type Cohort = Static<typeof Cohort>;
