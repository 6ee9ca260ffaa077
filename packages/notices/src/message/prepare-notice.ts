import { createHash } from "node:crypto";
import { canonicalJson } from "@cordon/model";
import addressparser from "nodemailer/lib/addressparser";
import { possibleDuties, readerKey, type Duty, type Reader } from "../audiences/reader.ts";
import { checkFacts } from "../facts/check-facts.ts";
import { audiences, type Audience, type NoticeFacts } from "../facts/notice-facts.ts";
import { NoticeError } from "../errors.ts";
import { languageOf, locales } from "../locales/languages.ts";
import { negotiate, type Fallbacks } from "../locales/negotiate.ts";
import type { Contact } from "../sending/sending.ts";
import type { OutgoingMessage } from "../smtp/message-transport.ts";
import { addressFault, checkAddress } from "./address.ts";
import { composeAffected } from "./compose-affected.ts";
import { composeGeneral } from "./compose-general.ts";
import type { ComposedNotice, Composition } from "./composed-notice.ts";
import type { WrongBy } from "./correction.ts";
import { encodeMessage } from "./encode-message.ts";
import { htmlPart } from "./html-part.ts";
import { htmlSkeleton } from "./html-skeleton.ts";
import { messageId } from "./message-id.ts";
import { statementsDigest } from "./statement.ts";
import { textPart } from "./text-part.ts";
import { wordNotice } from "./word-notice.ts";

export type NoticeToPrepare = {
  readonly facts: NoticeFacts;
  readonly incidentId: string;
  readonly edition: number;
  /** How many people the notice writes to as affected. */
  readonly affectedPlanned: number;
  /** `Name <address>` or an address. */
  readonly from: string;
  /** The notice's salt (`NoticeRecord.salt`). */
  readonly salt: Uint8Array;
  /** Which unwritten languages are told in which written one. */
  readonly fallbacks?: Fallbacks;
  /** When the directory said who has which duties: RFC 3339. Left out: as of the facts. */
  readonly directoryAsOf?: string;
  /** Of a correction: what was wrong for whom. */
  readonly wrong?: WrongBy | null;
};

/** A person, with what they meet where the directory knows it. */
export type Recipient = Contact & {
  readonly duties?: readonly Duty[] | null;
  /** As whom they got the edition that is corrected; null or left out: they did not get it. */
  readonly was?: Audience | null;
  /** Addresses that were this person's when the window began: written to as well. */
  readonly formerEmails?: readonly string[];
};

export type PreparedNotice = {
  /** `sha256:` over every text of every audience and language: what the manifest binds. */
  readonly digest: string;
  /** In the source language, for a reader of whom nothing is known. */
  readonly composed: { readonly [audience in Audience]: ComposedNotice };
  /** One person's message as it is said. Throws `ERR_NOTICE_ADDRESS` for somebody whose language nobody decided on. */
  readonly compose: (audience: Audience, recipient: Recipient) => ComposedNotice;
  /** One person's message. Throws `ERR_NOTICE_ADDRESS`, also for an address that no envelope can carry. */
  readonly render: (
    audience: Audience,
    recipient: Recipient & { readonly email: string },
    nowMs: number,
  ) => OutgoingMessage;
};

/** Encoded texts that are kept: one for each audience, language and set of duties. Beyond it they are encoded anew. */
const textsMax = 2048;
/** Locales of the directory whose language is remembered. */
const negotiatedMax = 4096;

type EncodedText = { readonly notice: ComposedNotice; readonly encoded: string; readonly statements: string };

/**
 * Composes and encodes the messages of a notice once each: per person only To, Message-ID and Date are put in front.
 * Throws `ERR_NOTICE_FACTS`, and `ERR_NOTICE_ADDRESS` for `from`.
 */
export async function prepareNotice(notice: NoticeToPrepare): Promise<PreparedNotice> {
  const { facts, affectedPlanned } = notice;
  checkFacts(facts);
  const sender = parseSender(notice.from);
  const domain = sender.address.slice(sender.address.lastIndexOf("@") + 1);
  const skeleton = await htmlSkeleton();
  const asOf = notice.directoryAsOf ?? facts.asOf;
  const compositionOf = (audience: Audience, reader: Reader, was: Audience | null): Composition => {
    const wrong = was === null ? [] : (notice.wrong?.[was][audience] ?? []);
    // Who was told nothing wrong gets a notice, and no correction.
    const correction =
      facts.correction === null || wrong.length === 0 ? null : { ...facts.correction, wrong };
    const theirs = { ...facts, correction };
    return audience === "affected"
      ? composeAffected(theirs, reader)
      : composeGeneral(theirs, affectedPlanned, reader);
  };
  const word = (
    audience: Audience,
    reader: Reader,
    locale: string,
    was: Audience | null = null,
  ): ComposedNotice => wordNotice(compositionOf(audience, reader, was), languageOf(locale));

  const hash = createHash("sha256").update(canonicalJson({ ...notice.fallbacks }));
  const formerly = facts.correction === null ? [null] : [null, ...audiences];
  for (const audience of audiences) {
    for (const reader of readersToBind(facts, asOf)) {
      for (const was of formerly) {
        for (const locale of locales) {
          const said = word(audience, reader, locale, was);
          const texts = [said.subject, textPart(said), htmlPart(said, skeleton)];
          hash.update(JSON.stringify([audience, was, locale, ...texts]));
        }
      }
    }
  }
  const digest = `sha256:${hash.digest("hex")}`;

  const languages = new Map<string | null, string>();
  const localeOf = (requested: string | null): string => {
    const known = languages.get(requested);
    if (known !== undefined) return known;
    const { locale } = negotiate(requested, notice.fallbacks);
    // INVARIANT: nobody is written to in a language that nobody chose for them; they stand in the list of those not sent to.
    if (locale === null)
      throw new NoticeError("ERR_NOTICE_ADDRESS", "no language was decided on for this person");
    if (languages.size < negotiatedMax) languages.set(requested, locale);
    return locale;
  };
  const texts = new Map<string, EncodedText>();
  const textOf = (
    audience: Audience,
    { locale: requested, duties = null, was = null }: Recipient,
  ): EncodedText => {
    const locale = localeOf(requested);
    const reader: Reader = duties === null ? null : { duties, asOf };
    const key = `${audience} ${locale} ${was ?? "-"} ${readerKey(reader)}`;
    const known = texts.get(key);
    if (known !== undefined) return known;
    const said = word(audience, reader, locale, was);
    const encoded = encodeMessage({
      from: sender,
      subject: said.subject,
      locale,
      text: textPart(said),
      html: htmlPart(said, skeleton),
      boundary: digest.slice("sha256:".length, "sha256:".length + 24),
    });
    const text = { notice: said, encoded, statements: statementsDigest(said.statements) };
    if (texts.size >= textsMax) texts.clear();
    texts.set(key, text);
    return text;
  };
  let dateMs = NaN;
  let date = "";
  const [source = "en"] = locales;
  return {
    digest,
    composed: { affected: word("affected", null, source), general: word("general", null, source) },
    compose: (audience, recipient) => textOf(audience, recipient).notice,
    render(audience, recipient, nowMs) {
      checkAddress(recipient.email);
      const text = textOf(audience, recipient);
      if (Math.floor(nowMs / 1000) * 1000 !== dateMs) {
        dateMs = Math.floor(nowMs / 1000) * 1000;
        // RFC 5322 3.3: `GMT` is the obsolete form of `+0000`.
        date = new Date(dateMs).toUTCString().replace("GMT", "+0000");
      }
      const id = messageId({ ...notice, accountId: recipient.accountId }, notice.salt, domain);
      const alsoTo = (recipient.formerEmails ?? []).filter(
        (email) => email !== recipient.email && addressFault(email) === null,
      );
      // Neither address is told the other: one of them may be the intruder's.
      const shown = alsoTo.length === 0 ? recipient.email : "undisclosed-recipients:;";
      const head = `To: ${shown}\r\nMessage-ID: ${id}\r\nDate: ${date}\r\n`;
      // Everything in it is ASCII: the address was checked, the rest is encoded.
      const bytes = Buffer.from(head + text.encoded, "latin1");
      return {
        from: sender.address,
        to: recipient.email,
        ...(alsoTo.length === 0 ? {} : { alsoTo }),
        bytes,
        statements: text.statements,
      };
    },
  };
}

/** Readers whose messages have among them every sentence that anybody can be told. */
function readersToBind(facts: NoticeFacts, asOf: string): Reader[] {
  const duties = possibleDuties(facts);
  const sets = [[], ...duties.map((duty) => [duty]), duties];
  return [null, ...sets.map((set) => ({ duties: set, asOf }))];
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
