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

const LanguageTag = Type.String({
  description: "BCP 47",
  pattern: "^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8}){0,4}$",
});

/** How the intruder came in, as people can be told it in every language. */
const causes = [
  "stolen_credentials",
  "phishing",
  "vulnerability",
  "misconfiguration",
  "insider",
  "third_party",
  "under_investigation",
] as const;

const stepsDone = [
  "access_closed",
  "credentials_revoked",
  "systems_strengthened",
  "experts_engaged",
  "authority_informed",
  "police_informed",
  "more_will_follow",
] as const;

const noticeUrgencies = ["ordinary", "immediate_for_affected", "immediate"] as const;

/** Rates, warm-up and quiet hours of one notice's messages: docs/reference/notices.md. */
const NoticePace = Type.Object(
  {
    perSecond: Type.Optional(Type.Number({ exclusiveMinimum: 0 })),
    perDomainPerSecond: Type.Optional(Type.Number({ exclusiveMinimum: 0 })),
    domains: Type.Optional(
      Type.Record(Type.String({ maxLength: 253 }), Type.Number({ exclusiveMinimum: 0 }), {
        maxProperties: 1000,
      }),
    ),
    warmUp: Type.Optional(
      Type.Object(
        {
          from: Instant,
          steps: Type.Array(
            Type.Object(
              { after: Type.String(), perSecond: Type.Number({ exclusiveMinimum: 0 }) },
              { additionalProperties: false },
            ),
            { minItems: 1, maxItems: 100 },
          ),
        },
        { additionalProperties: false },
      ),
    ),
    quiet: Type.Optional(
      Type.Object({ from: Type.String(), to: Type.String() }, { additionalProperties: false }),
    ),
    quietExempt: Type.Optional(Type.Array(Type.Enum(["affected", "general"]), { maxItems: 2 })),
  },
  { title: "NoticePace", additionalProperties: false },
);

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
    cause: Type.Optional(Type.Enum([...causes], { description: "how the intruder came in" })),
    done: Type.Optional(
      Type.Array(Type.Enum([...stepsDone]), {
        description: "what the service has done, in the order in which it is told",
        maxItems: stepsDone.length,
        uniqueItems: true,
      }),
    ),
    corrects: Type.Optional({
      ...NoticeId,
      title: "CorrectedNoticeId",
      description:
        "an earlier notice of which something has become wrong: this one says what, and goes to those who got it and to the affected",
    }),
    channels: Type.Optional(
      Type.Array(Type.Enum(["email", "push", "webhook"]), {
        description: "beside e-mail, which is always among them; left out: all that the control plane has",
        maxItems: 3,
        uniqueItems: true,
      }),
    ),
    urgency: Type.Optional(
      Type.Enum([...noticeUrgencies], {
        description:
          "whether it goes out in the quiet hours of a reader's market; left out: `ordinary`, it does not",
      }),
    ),
    pace: Type.Optional(NoticePace),
    fallbacks: Type.Optional(
      Type.Record(LanguageTag, LanguageTag, {
        description:
          "for each language that nothing is written in, the one that its people are told in; without it approval is refused",
        maxProperties: 200,
        examples: [{ sv: "en" }],
      }),
    ),
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

const LanguageCount = Type.Object({ locale: Type.String(), people: count }, { title: "LanguageCount" });

/** Who a notice is for, counted in the directory when it was drafted. */
const NoticeAudiences = Type.Object(
  {
    languages: Type.Array(LanguageCount, { description: "that people are told in" }),
    missing: Type.Array(LanguageCount, {
      description: "that nothing is written in and no fallback names: approval waits for them",
    }),
    localeUnknown: Type.Integer({
      minimum: 0,
      description: "people whose language the directory does not know; they are told in English",
    }),
    affected: count,
    mustAct: Type.Record(Type.String(), count, { description: "people who meet a measure, by measure" }),
    nothingToDo: count,
    withoutAddress: count,
  },
  { title: "NoticeAudiences" },
);

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
    audiences: Type.Union([NoticeAudiences, Type.Null()]),
    terms: Type.Object(
      {
        channels: Type.Array(Type.String(), { description: "by which it goes out" }),
        receivers: Type.Array(Type.String(), { description: "of the webhook, by name" }),
        urgency: Type.Enum([...noticeUrgencies]),
        pace: Type.Union([NoticePace, Type.Null()], { description: "its own; null: the server's" }),
      },
      { description: "how it goes out, as it is approved" },
    ),
    affected: NoticeCounts,
    everybodyElse: NoticeCounts,
    total: NoticeCounts,
  },
  { title: "Notice" },
);
export type Notice = Static<typeof Notice>;
