import { createHash } from "node:crypto";
import addressparser from "nodemailer/lib/addressparser";
import MailComposer from "nodemailer/lib/mail-composer";
import { checkFacts } from "../facts/check-facts.ts";
import { audiences, type Audience, type NoticeFacts } from "../facts/notice-facts.ts";
import { NoticeError } from "../errors.ts";
import type { Contact } from "../sending/sending.ts";
import type { OutgoingMessage } from "../smtp/message-transport.ts";
import { checkAddress } from "./address.ts";
import { composeAffected } from "./compose-affected.ts";
import { composeGeneral } from "./compose-general.ts";
import type { ComposedNotice } from "./composed-notice.ts";
import { htmlPart } from "./html-part.ts";
import { phrasesFor } from "./locales.ts";
import { messageId } from "./message-id.ts";
import { textPart } from "./text-part.ts";

type NoticeToPrepare = {
  readonly facts: NoticeFacts;
  readonly incidentId: string;
  readonly edition: number;
  /** How many people the notice writes to as affected. */
  readonly affectedPlanned: number;
  /** `Name <address>` or an address. */
  readonly from: string;
  /** The notice's salt (`NoticeRecord.salt`). */
  readonly salt: Uint8Array;
};

export type PreparedNotice = {
  /** `sha256:` over subject, text and HTML of every audience: what the manifest binds. */
  readonly digest: string;
  readonly composed: { readonly [audience in Audience]: ComposedNotice };
  /** One person's message. Throws `ERR_NOTICE_ADDRESS` for an address that no envelope can carry. */
  readonly render: (
    audience: Audience,
    contact: Contact & { readonly email: string },
    nowMs: number,
  ) => OutgoingMessage;
};

type StaticPart = { readonly headersAndBody: string };

/**
 * Composes and encodes the messages of a notice once: per person only To, Message-ID and Date are put in front.
 * Throws `ERR_NOTICE_FACTS`, and `ERR_NOTICE_ADDRESS` for `from`.
 */
export async function prepareNotice(notice: NoticeToPrepare): Promise<PreparedNotice> {
  checkFacts(notice.facts);
  const sender = parseSender(notice.from);
  const domain = sender.address.slice(sender.address.lastIndexOf("@") + 1);
  const phrases = phrasesFor(null);
  const composed = {
    affected: composeAffected(notice.facts, phrases),
    general: composeGeneral(notice.facts, notice.affectedPlanned, phrases),
  };
  const hash = createHash("sha256");
  for (const audience of audiences) {
    const { subject } = composed[audience];
    hash.update(
      JSON.stringify([audience, subject, textPart(composed[audience]), htmlPart(composed[audience])]),
    );
  }
  const digest = `sha256:${hash.digest("hex")}`;
  const parts = {
    affected: await encodeStatic(composed.affected, sender, digest),
    general: await encodeStatic(composed.general, sender, digest),
  };
  let dateMs = NaN;
  let date = "";
  return {
    digest,
    composed,
    render(audience, contact, nowMs) {
      checkAddress(contact.email);
      if (Math.floor(nowMs / 1000) * 1000 !== dateMs) {
        dateMs = Math.floor(nowMs / 1000) * 1000;
        // RFC 5322 3.3: `GMT` is the obsolete form of `+0000`.
        date = new Date(dateMs).toUTCString().replace("GMT", "+0000");
      }
      const id = messageId({ ...notice, accountId: contact.accountId }, notice.salt, domain);
      const head = `To: ${contact.email}\r\nMessage-ID: ${id}\r\nDate: ${date}\r\n`;
      // Everything in it is ASCII: the address was checked, the rest is encoded.
      const bytes = Buffer.from(head + parts[audience].headersAndBody, "latin1");
      return { from: sender.address, to: contact.email, bytes };
    },
  };
}

type Sender = { readonly name: string; readonly address: string };

function parseSender(from: string): Sender {
  const parsed = addressparser(from);
  const [sender] = parsed;
  if (parsed.length !== 1 || sender?.address === undefined || /\p{Cc}/u.test(from)) {
    throw new NoticeError("ERR_NOTICE_ADDRESS", "the sender is not one mailbox", {
      hint: "`Name <address>`",
    });
  }
  checkAddress(sender.address);
  return { name: sender.name, address: sender.address };
}

/** The message without To, Message-ID and Date, as nodemailer encodes it: quoted-printable parts, encoded words. */
async function encodeStatic(notice: ComposedNotice, sender: Sender, digest: string): Promise<StaticPart> {
  const mail = new MailComposer({
    from: { name: sender.name, address: sender.address },
    subject: notice.subject,
    // RFC 5322 2.3: lines end in CRLF; nodemailer leaves the line ends of its input as they are.
    text: textPart(notice).replaceAll("\n", "\r\n"),
    html: htmlPart(notice).replaceAll("\n", "\r\n"),
    textEncoding: "quoted-printable",
    // RFC 3834: no vacation replies to it. No List-Unsubscribe: nobody subscribed to it.
    headers: { "Auto-Submitted": "auto-generated", "Content-Language": notice.locale },
    messageId: "<static@invalid>",
    date: new Date(0),
    baseBoundary: digest.slice("sha256:".length, "sha256:".length + 24),
    disableFileAccess: true,
    disableUrlAccess: true,
  }).compile();
  const built = await mail.build();
  const text = built.toString("latin1");
  const end = text.indexOf("\r\n\r\n") + 2;
  const headers = text.slice(0, end).replace(/^(?:Message-ID|Date|To): .*(?:\r\n[ \t].*)*\r\n/gm, "");
  return { headersAndBody: headers + text.slice(end) };
}
