import { join } from "node:path";
import { isJsonObject } from "@cordon/model";
import type { Journal } from "@cordon/journal-postgres";
import {
  DeliveryLedger,
  generateVapidKeys,
  knownPushHosts,
  migrateNotices,
  parseSmtpUrl,
  prepareNotice,
  pushTransport,
  sesTransport,
  smtpTransport,
  sparkPostTransport,
  Suppressions,
  webhookTransport,
  type MessageTransport,
  type NoticeCounts,
  type PreparedNotice,
  type PushMessage,
  type Transport,
  type VapidKeys,
  type WebhookMessage,
} from "@cordon/notices";
import type { FactSheet, NoticeState } from "@cordon/response";
import { ControlPlaneError } from "../errors.ts";
import { secretFile } from "../secret-file.ts";
import type {
  ChannelsOrigin,
  MailOrigin,
  PushOrigin,
  ReturnsOrigin,
  WebhookReceiver,
} from "./channel-origins.ts";
import { noticeFactsOf } from "./notice-facts-of.ts";
import type { NoticeWords } from "./notice-words.ts";

/** Counts are read from the ledger at most so often: a count of a million rows is not for nothing. */
const countsAgeMaxMs = 1000;

interface DeskOptions {
  readonly home: string;
  readonly mail: MailOrigin | null;
  readonly channels: ChannelsOrigin;
  readonly clock: () => number;
  readonly randomBytes: (count: number) => Uint8Array;
}

/** Messages, the ways they go, and their ledger. */
export class NoticeDesk {
  readonly ledger: DeliveryLedger;
  readonly suppressions: Suppressions;
  readonly #options: DeskOptions;
  readonly #counts = new Map<string, { readonly atMs: number; readonly counts: NoticeCounts }>();
  #transport: MessageTransport | null = null;
  #push: Promise<Transport<PushMessage>> | null = null;
  #webhook: Transport<WebhookMessage> | null = null;

  private constructor(ledger: DeliveryLedger, suppressions: Suppressions, options: DeskOptions) {
    this.ledger = ledger;
    this.suppressions = suppressions;
    this.#options = options;
  }

  /** Throws NoticeError for an SMTP URL that is none. */
  static async open(journal: Journal, options: DeskOptions): Promise<NoticeDesk> {
    const { mail, clock, randomBytes, home, channels } = options;
    if (mail !== null && "url" in mail) parseSmtpUrl(mail.url);
    // Browsers subscribe with the public key, long before anything is sent.
    if (channels.push !== undefined) await vapidKeysOf(home);
    const database = journal.kysely<Record<string, never>>();
    await migrateNotices(database);
    const suppressions = new Suppressions(database, clock, randomBytes);
    return new NoticeDesk(new DeliveryLedger(database, clock), suppressions, options);
  }

  /** Null where nobody is pushed to. */
  get pushOrigin(): PushOrigin | null {
    return this.#options.channels.push ?? null;
  }

  get receivers(): readonly WebhookReceiver[] {
    return this.#options.channels.webhooks ?? [];
  }

  get returns(): ReturnsOrigin {
    return this.#options.channels.returns ?? {};
  }

  get fetch(): typeof fetch {
    return this.#options.channels.fetch ?? fetch;
  }

  /** Throws ERR_PLANE_NO_MAIL. */
  requireFrom(): string {
    const { mail } = this.#options;
    if (mail !== null) return mail.from;
    throw new ControlPlaneError("ERR_PLANE_NO_MAIL", "the control plane knows no mail server", {
      hint: "start it with --smtp and --from, or with --channels",
    });
  }

  /** How fast messages go out, and where bounces come back to. */
  get terms(): Pick<MailOrigin, "pace" | "bounceAddress"> {
    const { pace, bounceAddress } = this.#options.mail ?? {};
    return {
      ...(pace === undefined ? {} : { pace }),
      ...(bounceAddress === undefined ? {} : { bounceAddress }),
    };
  }

  /** Connections are made when the first message is sent, and kept. */
  transport(): MessageTransport {
    const { mail } = this.#options;
    if (mail === null)
      throw new ControlPlaneError("ERR_PLANE_NO_MAIL", "the control plane knows no mail server");
    return (this.#transport ??= this.#transportOf(mail));
  }

  /** Throws TypeError without a push origin: ask for it first. */
  pushTransport(): Promise<Transport<PushMessage>> {
    const { channels, home } = this.#options;
    const { push } = channels;
    if (push === undefined) throw new TypeError("a push without an origin");
    return (this.#push ??= vapidKeysOf(home).then((keys) =>
      pushTransport({
        ...keys,
        subject: push.subject,
        hosts: push.hosts ?? knownPushHosts,
        fetch: this.fetch,
      }),
    ));
  }

  webhookTransport(): Transport<WebhookMessage> {
    return (this.#webhook ??= webhookTransport({ fetch: this.fetch, clock: this.#options.clock }));
  }

  #transportOf(mail: MailOrigin): MessageTransport {
    if ("url" in mail) return smtpTransport({ server: parseSmtpUrl(mail.url) });
    const { provider } = mail;
    return provider.kind === "ses"
      ? sesTransport(provider.options)
      : sparkPostTransport({ ...provider.options, fetch: this.fetch });
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
    const nowMs = this.#options.clock();
    if (known !== undefined && nowMs - known.atMs < countsAgeMaxMs) return known.counts;
    const found = await this.ledger.find(incidentId, notice.edition);
    if (found === null) return null;
    const counts = await this.ledger.counts(found.noticeNo);
    this.#counts.set(notice.noticeId, { atMs: nowMs, counts });
    return counts;
  }

  async close(): Promise<void> {
    await this.#transport?.close();
    await (await this.#push)?.close();
    await this.#webhook?.close();
  }
}

/** HOME/keys/vapid.json (0600), made at the first start with push; the public key for browsers beside it. */
async function vapidKeysOf(home: string): Promise<VapidKeys> {
  const file = join(home, "keys", "vapid.json");
  const recorded: unknown = JSON.parse(await secretFile(file, () => JSON.stringify(generateVapidKeys())));
  const { publicKey, privateKey } = isJsonObject(recorded) ? recorded : {};
  if (typeof publicKey !== "string" || typeof privateKey !== "string")
    throw new TypeError(`\`${file}\` holds no VAPID keys`);
  await secretFile(join(home, "keys", "vapid.public"), () => `${publicKey}\n`);
  return { publicKey, privateKey };
}
