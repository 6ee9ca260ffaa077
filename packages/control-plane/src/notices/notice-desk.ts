import type { Journal } from "@cordon/journal-postgres";
import {
  DeliveryLedger,
  migrateNotices,
  parseSmtpUrl,
  prepareNotice,
  smtpTransport,
  type MessageTransport,
  type NoticeCounts,
  type Pace,
  type PreparedNotice,
} from "@cordon/notices";
import type { FactSheet, NoticeState } from "@cordon/response";
import { ControlPlaneError } from "../errors.ts";
import { noticeFactsOf } from "./notice-facts-of.ts";
import type { NoticeWords } from "./notice-words.ts";

/** The mail server, and who writes. */
export interface MailOrigin {
  /** `smtp://…` or `smtps://…`. */
  readonly url: string;
  /** `Name <address>` or an address. */
  readonly from: string;
  /** Rates and quiet hours; left out: as fast as the mail server takes it. */
  readonly pace?: Pace;
  /** Where bounces come back to, with a token for each message; left out: to `from`. */
  readonly bounceAddress?: string;
}

/** Counts are read from the ledger at most so often: a count of a million rows is not for nothing. */
const countsAgeMaxMs = 1000;

/** Messages and their ledger. */
export class NoticeDesk {
  readonly ledger: DeliveryLedger;
  readonly #mail: MailOrigin | null;
  readonly #clock: () => number;
  readonly #counts = new Map<string, { readonly atMs: number; readonly counts: NoticeCounts }>();
  #transport: MessageTransport | null = null;

  private constructor(ledger: DeliveryLedger, mail: MailOrigin | null, clock: () => number) {
    this.ledger = ledger;
    this.#mail = mail;
    this.#clock = clock;
  }

  /** Throws NoticeError for an SMTP URL that is none. */
  static async open(journal: Journal, mail: MailOrigin | null, clock: () => number): Promise<NoticeDesk> {
    if (mail !== null) parseSmtpUrl(mail.url);
    const database = journal.kysely<Record<string, never>>();
    await migrateNotices(database);
    return new NoticeDesk(new DeliveryLedger(database, clock), mail, clock);
  }

  /** Throws ERR_PLANE_NO_MAIL. */
  requireFrom(): string {
    if (this.#mail !== null) return this.#mail.from;
    throw new ControlPlaneError("ERR_PLANE_NO_MAIL", "the control plane knows no mail server", {
      hint: "start it with --smtp and --from",
    });
  }

  /** How fast messages go out, and where bounces come back to. */
  get terms(): Pick<MailOrigin, "pace" | "bounceAddress"> {
    const { pace, bounceAddress } = this.#mail ?? {};
    return {
      ...(pace === undefined ? {} : { pace }),
      ...(bounceAddress === undefined ? {} : { bounceAddress }),
    };
  }

  /** Connections are made when the first message is sent, and kept. */
  transport(): MessageTransport {
    if (this.#mail === null)
      throw new ControlPlaneError("ERR_PLANE_NO_MAIL", "the control plane knows no mail server");
    return (this.#transport ??= smtpTransport({ server: parseSmtpUrl(this.#mail.url) }));
  }

  /** Throws NoticeError for facts that no message may carry. */
  prepare(options: {
    readonly sheet: FactSheet;
    readonly words: NoticeWords;
    readonly incidentId: string;
    readonly edition: number;
    readonly affectedPlanned: number;
    readonly from: string;
    readonly salt: Uint8Array;
  }): Promise<PreparedNotice> {
    const { sheet, words, ...rest } = options;
    return prepareNotice({
      ...rest,
      facts: noticeFactsOf(sheet, words),
      fallbacks: words.fallbacks,
      wrong: words.wrong,
      ...(words.directoryAsOf === null ? {} : { directoryAsOf: words.directoryAsOf }),
    });
  }

  /** What has become of a notice's messages, a second old at most; null before it is planned. */
  async counts(incidentId: string, notice: NoticeState): Promise<NoticeCounts | null> {
    const known = this.#counts.get(notice.noticeId);
    const nowMs = this.#clock();
    if (known !== undefined && nowMs - known.atMs < countsAgeMaxMs) return known.counts;
    const found = await this.ledger.find(incidentId, notice.edition);
    if (found === null) return null;
    const counts = await this.ledger.counts(found.noticeNo);
    this.#counts.set(notice.noticeId, { atMs: nowMs, counts });
    return counts;
  }

  async close(): Promise<void> {
    await this.#transport?.close();
  }
}
