import { Type, type Static } from "typebox";
import { orNull } from "./shape.ts";

const count = Type.Integer({ minimum: 0 });

const DeliveryCounts = Type.Object({
  planned: count,
  leased: Type.Integer({
    minimum: 0,
    description: "given to a sender, and not on record yet what became of it",
  }),
  handedOver: Type.Integer({ minimum: 0, description: "the server or provider took it" }),
  confirmed: Type.Integer({ minimum: 0, description: "the provider says that it was delivered" }),
  bounced: count,
  failed: count,
  unknown: Type.Integer({ minimum: 0, description: "may have gone out; never sent again but by choice" }),
});

/** What became of a notice in one channel, counted from the ledger now. */
export const Delivery = Type.Object(
  {
    channel: Type.String(),
    stopped: orNull(
      Type.Object({
        at: Type.String(),
        because: Type.String(),
        byHand: Type.Boolean({ description: "false when its evidence changed" }),
      }),
    ),
    total: DeliveryCounts,
    affected: DeliveryCounts,
    everybodyElse: DeliveryCounts,
    unreachable: count,
    quiet: Type.Array(
      Type.Object({
        market: Type.String({ description: "ISO 3166" }),
        until: Type.String(),
        people: orNull(
          Type.Integer({ minimum: 0, description: "of those who wait; null: too many to be counted now" }),
        ),
      }),
      { description: "markets in whose quiet hours it waits, and when it goes on there" },
    ),
  },
  { title: "Delivery" },
);
export type Delivery = Static<typeof Delivery>;

export const Deliveries = Type.Object({ deliveries: Type.Array(Delivery) }, { title: "Deliveries" });
export type Deliveries = Static<typeof Deliveries>;

const NotSentEntry = Type.Object({
  channel: Type.String(),
  account: orNull(Type.String({ description: "null for somebody who left the directory" })),
  ordinal: orNull(Type.Integer({ description: "null for somebody whom the directory lacks" })),
  audience: Type.String(),
  state: Type.String(),
  cause: orNull(Type.String()),
  attempts: count,
  replyCode: orNull(Type.Integer()),
  status: orNull(Type.String({ description: "RFC 3463" })),
  at: orNull(Type.String()),
});

/** Everybody whom a notice has not, for certain, reached; each page is that of one instant. */
export const NotSentList = Type.Object(
  {
    entries: Type.Array(NotSentEntry),
    next: orNull(Type.String({ description: "the cursor of the next page; null: there is none" })),
  },
  { title: "NotSentList" },
);
export type NotSentList = Static<typeof NotSentList>;

export const RetryUnknown = Type.Object(
  {
    because: Type.String({ minLength: 1, maxLength: 1000 }),
    accounts: Type.Optional(
      Type.Array(Type.String({ minLength: 1, maxLength: 256 }), {
        maxItems: 10_000,
        description: "only these; left out: everybody of unknown fate",
      }),
    ),
  },
  { title: "RetryUnknown", additionalProperties: false },
);
export type RetryUnknown = Static<typeof RetryUnknown>;

export const Retried = Type.Object({ people: count }, { title: "Retried" });
export type Retried = Static<typeof Retried>;

export const Halted = Type.Object({ halted: count }, { title: "Halted" });
export type Halted = Static<typeof Halted>;
