import { Type, type Static } from "typebox";
import { Signed } from "./operator.ts";
import { Digest } from "./text.ts";

/** What `cordon scope` takes from files, with the evidence named as a folder under `HOME/evidence`. */
export const AskQuestion = Type.Object(
  {
    map: Type.Record(Type.String(), Type.Unknown(), { description: "the data map (contracts 1) as JSON" }),
    question: Type.Record(Type.String(), Type.Unknown(), {
      description: "the question (contracts 2) as JSON",
    }),
    evidence: Type.String({
      description: "a folder under HOME/evidence, of plain names and slashes",
      minLength: 1,
      maxLength: 200,
    }),
  },
  { title: "AskQuestion", additionalProperties: false },
);
export type AskQuestion = Static<typeof AskQuestion>;

const count = Type.Integer({ minimum: 0 });

export const AccountBounds = Type.Object(
  {
    kind: Type.Union([Type.Literal("exactly"), Type.Literal("between")]),
    atLeast: count,
    atMost: count,
  },
  { title: "AccountBounds" },
);
export type AccountBounds = Static<typeof AccountBounds>;

export const DataClasses = Type.Object(
  {
    accessed: Type.Array(Type.String()),
    notAccessed: Type.Array(Type.String()),
    unknown: Type.Array(Type.String()),
  },
  { title: "DataClasses" },
);
export type DataClasses = Static<typeof DataClasses>;

/** The answer of contracts 2, as `cordon scope --json` prints it. It may have more fields than are named here. */
export const Answer = Type.Object(
  {
    accounts: AccountBounds,
    accountIds: Type.Array(Type.String()),
    accountIdsTruncated: Type.Boolean(),
    dataClasses: DataClasses,
    decoysTouched: Type.Array(Type.String()),
    firstAccess: Type.Union([Type.String(), Type.Null()]),
    lastAccess: Type.Union([Type.String(), Type.Null()]),
    coverage: Type.Object(
      { complete: Type.Boolean(), gaps: Type.Array(Type.Unknown()) },
      { additionalProperties: true },
    ),
    assumptions: Type.Array(Type.String()),
    evidence: Type.Object({ digest: Type.String() }, { additionalProperties: true }),
    answerDigest: Digest,
  },
  { title: "Answer", additionalProperties: true },
);
export type Answer = Static<typeof Answer> & { readonly [key: string]: unknown };

/** An answer without anybody's account id. */
export const AnswerSummary = Type.Object(
  {
    answerDigest: Digest,
    questionDigest: Digest,
    evidenceDigest: Type.String(),
    evidence: Type.String({ description: "the folder that was asked" }),
    asked: Signed,
    accounts: AccountBounds,
    dataClasses: DataClasses,
    complete: Type.Boolean(),
    assumptions: Type.Array(Type.String()),
  },
  { title: "AnswerSummary" },
);
export type AnswerSummary = Static<typeof AnswerSummary>;
