import { Type, type Static } from "typebox";
import { Signed } from "./operator.ts";
import { ClaimId, Digest, Instant, Line, NoticeId } from "./text.ts";

const Link = Type.String({ minLength: 8, maxLength: 300, pattern: '^https?://[^\\s<>"]+$' });
const Email = Type.String({ minLength: 3, maxLength: 254, pattern: "^[^\\s@]+@[^\\s@]+$" });

/** Where people can ask, as it stands in every notice. */
export const Contact = Type.Object(
  { email: Type.Optional(Email), page: Type.Optional(Link) },
  { title: "Contact", additionalProperties: false, minProperties: 1 },
);
export type Contact = Static<typeof Contact>;

/**
 * A personal notice for everybody whom an answer names, then one general notice for all others, from one fact sheet: the
 * claims that hold and the measures in force. What is given here is only how the service signs and where people turn to.
 */
export const DraftNotice = Type.Object(
  {
    service: Type.String({
      description: "the service's name as its users know it",
      minLength: 1,
      maxLength: 100,
    }),
    signature: Type.Object(
      { name: Line, role: Line },
      { additionalProperties: false, description: "who signs: a person with a name" },
    ),
    contact: Contact,
    discoveredAt: Type.Optional(Instant),
    recoveryPage: Type.Optional(Link),
    publicPage: Type.Optional(Link),
    nextUpdate: Type.Optional(Instant),
  },
  { title: "DraftNotice", additionalProperties: false },
);
export type DraftNotice = Static<typeof DraftNotice>;

const count = Type.Integer({ minimum: 0 });

export const NoticeCounts = Type.Object(
  {
    planned: count,
    delivered: Type.Integer({ minimum: 0, description: "the mail server took it" }),
    failed: count,
    unknown: Type.Integer({
      minimum: 0,
      description: "may have reached the mail server; never sent again by itself",
    }),
    pending: count,
    unreachable: Type.Integer({
      minimum: 0,
      description: "people whom the evidence names and the directory lacks",
    }),
  },
  { title: "NoticeCounts" },
);
export type NoticeCounts = Static<typeof NoticeCounts>;

const noticeStates = ["drafted", "approved", "stopped", "sent"] as const;

export const Notice = Type.Object(
  {
    id: NoticeId,
    edition: Type.Integer({ minimum: 1, description: "1 for the first notices of an incident" }),
    claims: Type.Array(ClaimId, { description: "what they rest on; sending stops when one no longer holds" }),
    state: Type.Enum([...noticeStates]),
    drafted: Signed,
    approved: Type.Union([Signed, Type.Null()]),
    factSheetDigest: Digest,
    manifestDigest: Digest,
    stopped: Type.Union([Type.Object({ at: Type.String(), because: Type.String() }), Type.Null()]),
    affected: NoticeCounts,
    everybodyElse: NoticeCounts,
    total: NoticeCounts,
  },
  { title: "Notice" },
);
export type Notice = Static<typeof Notice>;
