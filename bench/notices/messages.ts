import {
  htmlPart,
  htmlSkeleton,
  prepareNotice,
  textPart,
  type Contact,
  type NoticeFacts,
  type OutgoingMessage,
} from "@cordon/notices";

/** Everybody's message of the notice: certain users sign in again, Android by store, one person affected. */
const facts: NoticeFacts = {
  reference: "CRD-2014-1",
  service: "Overture",
  asOf: "2014-05-27T12:00:00Z",
  discoveredAt: "2014-05-26T08:00:00Z",
  cause: null,
  done: [],
  judgements: [],
  correction: null,
  claims: [
    {
      answerDigest: "sha256:00",
      window: { from: "2014-05-20T00:00:00Z", to: "2014-05-26T00:00:00Z" },
      people: { kind: "exactly", atLeast: 1, atMost: 1, named: 1 },
      dataClasses: {
        accessed: ["user.contact.email", "user.name"],
        notAccessed: ["user.payment", "user.authorization.password"],
        unknown: [],
      },
      firstAccess: "2014-05-21T10:00:00Z",
      lastAccess: "2014-05-21T10:05:00Z",
      coverageComplete: true,
      effects: { read: 1, write: 0, delete: 0 },
      assumptions: ["doors-complete", "suspects-complete", "logs-not-writable-by-suspects"],
    },
  ],
  measures: [
    {
      measure: "reauthenticate",
      concerns: "certain",
      platforms: null,
      because: "precaution",
      spreadMs: 259_200_000,
    },
    {
      measure: "upgrade",
      concerns: "everyone",
      platforms: ["android"],
      below: "1.1.0",
      required: "2014-06-03T00:00:00Z",
      stores: [
        { store: "google-play", available: "2014-05-27T10:00:00Z", link: "https://play.example/overture" },
        { store: "website", available: "2014-05-28T10:00:00Z", link: "https://overture.example/android" },
      ],
    },
    { measure: "redownload", concerns: "everyone", platforms: ["android"], from: "1.1.0", spreadMs: null },
  ],
  recoveryPage: "https://overture.example/help",
  contact: { email: "help@overture.example", page: null },
  publicPage: "https://overture.example/incident",
  nextUpdate: "2014-05-30T12:00:00Z",
  signature: { name: "Åsa Lindqvist", role: "CTO" },
};

const from = "Overture <security@overture.example>";
const domain = "overture.example";
/** 2014-05-27T12:00:00Z: all messages bear it, so that they are the same whoever sends them. */
const sentMs = 1_401_192_000_000;

export function contactOf(ordinal: number): Contact & { readonly email: string } {
  return { accountId: String(ordinal), email: `u-${ordinal}@people.example`, locale: "en" };
}

/** What nodemailer is given to build one person's message from. */
type MessageFields = {
  readonly from: string;
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  readonly messageId: string;
  readonly date: Date;
  readonly headers: { readonly [name: string]: string };
};

type Messages = {
  /** Ready for the wire: the head is one person's, the body is everybody's. */
  readonly bytesFor: (ordinal: number) => OutgoingMessage;
  /** The same message as the fields that a mailer builds it from: text part, HTML part and headers. */
  readonly fieldsFor: (ordinal: number) => MessageFields;
};

export async function benchMessages(): Promise<Messages> {
  const prepared = await prepareNotice({
    facts,
    incidentId: "bench",
    edition: 1,
    affectedPlanned: 1,
    from,
    salt: new Uint8Array(16),
  });
  const composed = prepared.compose("general", contactOf(0));
  const [text, html] = [textPart(composed), htmlPart(composed, await htmlSkeleton())];
  return {
    bytesFor: (ordinal) => prepared.render("general", contactOf(ordinal), sentMs),
    fieldsFor: (ordinal) => ({
      from,
      to: `u-${ordinal}@people.example`,
      subject: composed.subject,
      text,
      html,
      messageId: `<${String(ordinal).padStart(32, "0")}@${domain}>`,
      date: new Date(sentMs),
      headers: { "Auto-Submitted": "auto-generated", "Content-Language": composed.locale },
    }),
  };
}
