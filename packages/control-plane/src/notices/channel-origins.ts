import type { Pace, ReceiverKind, SesOptions, SparkPostOptions } from "@cordon/notices";

interface MailTerms {
  /** `Name <address>` or an address. */
  readonly from: string;
  /** Rates and quiet hours; left out: as fast as it is taken. */
  readonly pace?: Pace;
  /** Where bounces come back to, with a token for each message; left out: to `from`. */
  readonly bounceAddress?: string;
}

/** A provider's API in place of a mail server. */
export type MailProvider =
  | { readonly kind: "ses"; readonly options: SesOptions }
  | { readonly kind: "sparkpost"; readonly options: Omit<SparkPostOptions, "fetch"> };

/** How e-mail goes out, and who writes: by a mail server (`smtp://…` or `smtps://…`) or a provider. */
export type MailOrigin = MailTerms & ({ readonly url: string } | { readonly provider: MailProvider });

export interface PushOrigin {
  /** `mailto:` or `https:`: whom a push service asks. */
  readonly subject: string;
  /** JSONL: `{"account_id","endpoint","keys":{"p256dh","auth"}}` a line. */
  readonly subscriptions: string;
  /** Hosts that may be pushed to; left out: the push services of the large browsers. */
  readonly hosts?: readonly string[];
  /** Push messages a second; left out: no limit. */
  readonly perSecond?: number;
}

/** A system, or a desk of people, that is told by webhook. */
export interface WebhookReceiver {
  /** Stands in the ledger's place of a person: unique, and not changed while a notice is on its way. */
  readonly name: string;
  readonly kind: ReceiverKind;
  /** The language of the text for a desk. */
  readonly locale: string;
  readonly url: string;
  /** `whsec_…`; several while one is replaced. */
  readonly secrets: readonly string[];
}

/** What comes back, and how it is known to be genuine; a way that is left out is closed. */
export interface ReturnsOrigin {
  /** Topics of Amazon SNS that events of SES come by. */
  readonly sesTopics?: readonly string[];
  /** What SparkPost sends as password or bearer token. */
  readonly sparkPostSecret?: string;
  /** What whoever hands over bounce messages sends as bearer token. */
  readonly dsnSecret?: string;
  /** Of Standard Webhooks; several while one is replaced. */
  readonly webhookSecrets?: readonly string[];
}

/** The channels beside e-mail. */
export interface ChannelsOrigin {
  readonly push?: PushOrigin;
  readonly webhooks?: readonly WebhookReceiver[];
  readonly returns?: ReturnsOrigin;
  /** For push services, receivers, providers and certificates; left out: Node's. */
  readonly fetch?: typeof fetch;
}
