import { CordonError } from "@cordon/model";

/**
 * - `ERR_NOTICE_FACTS`: the fact sheet holds something that no message may carry (a line break, a control character,
 *   a link that is none, a claim that contradicts itself).
 * - `ERR_NOTICE_ADDRESS`: a sender's or recipient's address that cannot stand in an envelope.
 * - `ERR_NOTICE_SUPPRESSED`: an address that has said for good that it is none.
 * - `ERR_NOTICE_BROWSER`: pictures were asked for, and there is no browser to make them.
 * - `ERR_NOTICE_CONFLICT`: a notice of this incident and edition exists with other content.
 * - `ERR_NOTICE_UNKNOWN`: no notice of that number.
 * - `ERR_NOTICE_UNPLANNED`: sending was asked for before planning ended.
 * - `ERR_NOTICE_STOPPED`: sending was asked for after it was stopped for good.
 * - `ERR_NOTICE_LEDGER`: the ledger was lost in the middle of sending.
 * - `ERR_NOTICE_LIMIT`: more of something than the ledger has room for.
 * - `ERR_NOTICE_RETURN`: a bounce or a provider's report that is none, or that nobody vouches for.
 * - `ERR_NOTICE_PACE`: rates or quiet hours that mean nothing.
 * - `ERR_SMTP_URL`: the SMTP server's URL is not of the form it must have.
 */
export class NoticeError extends CordonError<
  | "ERR_NOTICE_FACTS"
  | "ERR_NOTICE_ADDRESS"
  | "ERR_NOTICE_SUPPRESSED"
  | "ERR_NOTICE_BROWSER"
  | "ERR_NOTICE_CONFLICT"
  | "ERR_NOTICE_UNKNOWN"
  | "ERR_NOTICE_UNPLANNED"
  | "ERR_NOTICE_STOPPED"
  | "ERR_NOTICE_LEDGER"
  | "ERR_NOTICE_LIMIT"
  | "ERR_NOTICE_RETURN"
  | "ERR_NOTICE_PACE"
  | "ERR_SMTP_URL"
> {}
