import { Type, type Static, type TSchema } from "typebox";
import { AccountId, Instant } from "./text.ts";

const orNull = <T extends TSchema>(schema: T) => Type.Union([schema, Type.Null()]);
const text = Type.String();

export const ExplainAccount = Type.Object(
  {
    account: AccountId,
    authTime: Type.Optional(Instant),
    events: Type.Optional(
      Type.Boolean({
        description: "read the evidence once more for their events; takes as long as the questions did",
      }),
    ),
  },
  {
    title: "ExplainAccount",
    description:
      "authTime: when their session began; without it the oldest one is meant. Comes as a body, so that no id stands in an address",
    additionalProperties: false,
  },
);
export type ExplainAccount = Static<typeof ExplainAccount>;

const Client = Type.Object({ platform: text, store: text, version: orNull(text) });

const AccountEvent = Type.Object({
  time: Instant,
  source: text,
  operation: text,
  effect: text,
  classes: Type.Array(text),
  surely: Type.Boolean({ description: "false: so near the window's edge that it may have been outside" }),
  file: text,
  line: Type.Integer(),
});

const AccountReads = Type.Object({
  incidentId: text,
  answerDigest: text,
  window: Type.Object({ from: text, to: text }),
  named: orNull(
    Type.Boolean({
      description: "whether a successful read of the suspects names the account; null: the list was cut",
    }),
  ),
  possible: Type.Boolean({
    description: "whether the answer leaves open that something of theirs was reached",
  }),
  classes: Type.Object({
    read: Type.Array(text, { description: "of anybody, by this answer; with events: of this account" }),
    open: Type.Array(text, { description: "classes of which nobody knows" }),
  }),
  claimed: Type.Boolean({ description: "a claim that holds rests on this answer" }),
  events: orNull(Type.Array(AccountEvent)),
  eventsNote: orNull(Type.String({ description: "why there are no events, or perhaps not all" })),
});

const AccountRule = Type.Object({
  rule: text,
  measure: text,
  incidentId: orNull(text),
  planId: orNull(text),
  applies: Type.Boolean(),
  because: text,
  opensAt: orNull(Type.String({ description: "when the account's wave opens; null: open, or no waves" })),
});

const AccountMeasures = Type.Object({
  client: orNull(Client),
  allow: Type.Boolean(),
  directives: Type.Array(Type.Object({ measure: text, rule: text, required: Type.Boolean() })),
  rules: Type.Array(AccountRule),
});

const AccountNotice = Type.Object({
  incidentId: text,
  noticeId: text,
  edition: Type.Integer(),
  audience: Type.Enum(["affected", "everybody-else"]),
  state: Type.String({ description: "as in a notice's counts; not-planned: drafted, or meant for others" }),
});

export const AccountExplanation = Type.Object(
  {
    account: text,
    directory: Type.Object({
      asOf: orNull(Instant),
      known: Type.Boolean(),
      createdAt: orNull(Instant),
      leftAt: orNull(Instant),
      market: orNull(text),
      locale: orNull(text),
      installations: Type.Array(Client),
    }),
    reads: Type.Array(AccountReads),
    bundleVersion: orNull(Type.Integer()),
    decidedAt: Instant,
    measures: Type.Array(AccountMeasures, {
      description:
        "what each of their clients meets now, by the gate that decides; one without client when none is known",
    }),
    notices: Type.Array(AccountNotice),
    tell: Type.Array(Type.String({ description: "what to tell them, a sentence each" })),
  },
  { title: "AccountExplanation" },
);
export type AccountExplanation = Static<typeof AccountExplanation>;
