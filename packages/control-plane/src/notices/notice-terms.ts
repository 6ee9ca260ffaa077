import { parsePace, paceOfUrgency, unpaced, type Pace, type Urgency } from "@cordon/notices";

/** By which channels a notice goes out and how fast: settled when it is drafted, and part of what is approved. */
export interface NoticeTerms {
  readonly push: boolean;
  /** Names of the receivers, in the order of their places in the webhook channel's ledger. */
  readonly webhooks: readonly string[];
  readonly urgency: Urgency;
  /** As it was given, for this notice alone; null: the server's. */
  readonly pace: Readonly<Record<string, unknown>> | null;
}

const byMailAlone: NoticeTerms = { push: false, webhooks: [], urgency: "ordinary", pace: null };

/** The journal gives back what `draftNotice` recorded; earlier notices go by e-mail alone. */
export function termsIn(manifest: { readonly [key: string]: unknown }): NoticeTerms {
  const recorded = manifest["terms"];
  return recorded === undefined ? byMailAlone : (recorded as NoticeTerms);
}

/** The pace of a notice's e-mail. Throws `ERR_NOTICE_PACE`. */
export function paceOf({ pace, urgency }: NoticeTerms, servers: Pace | undefined): Pace {
  return paceOfUrgency(pace === null ? (servers ?? unpaced) : parsePace(pace), urgency);
}

/** Of its push messages: the same quiet hours, and a rate and buckets of their own. */
export function pushPaceOf(mail: Pace, perSecond: number | null): Pace {
  return { ...unpaced, scope: "push", perSecond, quiet: mail.quiet, quietExempt: mail.quietExempt };
}
