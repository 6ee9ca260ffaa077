export { NoticeError } from "./errors.ts";
export {
  audiences,
  type Audience,
  type ClaimFact,
  type Concern,
  type MeasureFact,
  type NoticeFacts,
  type PeopleFact,
} from "./facts/notice-facts.ts";
export { checkFacts } from "./facts/check-facts.ts";
export { composeAffected } from "./message/compose-affected.ts";
export { composeGeneral } from "./message/compose-general.ts";
export { phrasesFor } from "./message/locales.ts";
export { htmlPart } from "./message/html-part.ts";
export { textPart } from "./message/text-part.ts";
export type { ComposedNotice } from "./message/composed-notice.ts";
export { prepareNotice, type PreparedNotice } from "./message/prepare-notice.ts";
export {
  deliveryCauses,
  deliveryStates,
  type DeliveryCause,
  type DeliveryState,
  type NoticeCounts,
  type NotSent,
  type StateCounts,
} from "./ledger/delivery-state.ts";
export { migrateNotices, type LedgerDatabase } from "./ledger/migrate-notices.ts";
export { DeliveryLedger, type NoticeRecord, type NoticeToPlan } from "./ledger/delivery-ledger.ts";
export type { HandOver, MessageTransport, OutgoingMessage } from "./smtp/message-transport.ts";
export { smtpTransport, type SmtpTransportOptions } from "./smtp/smtp-transport.ts";
export { parseSmtpUrl, type SmtpServer } from "./smtp/smtp-url.ts";
export {
  contactsPageMax,
  inFlightMaxDefault,
  retryDefault,
  unavailableMaxDefault,
  type ClaimsVerdict,
  type Contact,
  type RetryPolicy,
  type Sending,
  type SendingEnd,
} from "./sending/sending.ts";
export { sendPlanned } from "./sending/send-planned.ts";
