export { NoticeError } from "./errors.ts";
export {
  audiences,
  causes,
  stepsDone,
  type Audience,
  type Basis,
  type Cause,
  type ClaimFact,
  type Concern,
  type CorrectionFact,
  type Judgement,
  type MeasureFact,
  type NoticeFacts,
  type PeopleFact,
  type StepDone,
} from "./facts/notice-facts.ts";
export { checkFacts } from "./facts/check-facts.ts";
export { composeAffected } from "./message/compose-affected.ts";
export { composeGeneral } from "./message/compose-general.ts";
export { catalogues, languageOf, locales } from "./locales/languages.ts";
export type { Language } from "./locales/language.ts";
export { negotiate, type Fallbacks, type Negotiated } from "./locales/negotiate.ts";
export { possibleDuties, readerKey, type Duty, type Reader } from "./audiences/reader.ts";
export { basisOf } from "./facts/basis.ts";
export { composeAuthorityForm } from "./audiences/compose-authority-form.ts";
export { composePress } from "./audiences/compose-press.ts";
export { composeSupportScript } from "./audiences/compose-support-script.ts";
export {
  advisoryFiles,
  type Advisory,
  type AdvisoryEdition,
  type AdvisoryFile,
} from "./advisory/advisory.ts";
export { withdrawnFiles } from "./advisory/withdrawn.ts";
export { csafDocument, csafFileName } from "./csaf/csaf-document.ts";
export { inAppMessages, type InAppMessage, type InAppMessages } from "./in-app/in-app-messages.ts";
export { pushPayload, pushPayloadBytesMax, type PushPayload } from "./in-app/push-payload.ts";
export { webhookEvent, type WebhookEvent } from "./in-app/webhook-event.ts";
export { startPreviewBrowser, type PreviewBrowser, type PreviewPage } from "./preview/browser.ts";
export { previews, type Preview, type PreviewRequest } from "./preview/previews.ts";
export { writePreviews } from "./preview/write-previews.ts";
export { allWrong, textsWith, wrongBetween, type WrongBy } from "./message/correction.ts";
export { statementId, statementsDigest, type Argument, type Statement } from "./message/statement.ts";
export { saidIn, statementsOf, wordNotice } from "./message/word-notice.ts";
export { htmlPart } from "./message/html-part.ts";
export { htmlSkeleton, type HtmlSkeleton } from "./message/html-skeleton.ts";
export { textPart } from "./message/text-part.ts";
export type { ComposedNotice, Composition } from "./message/composed-notice.ts";
export {
  prepareNotice,
  type NoticeToPrepare,
  type PreparedNotice,
  type Recipient,
} from "./message/prepare-notice.ts";
export {
  channels,
  deliveryCauses,
  deliveryStates,
  type Channel,
  type DeliveryCause,
  type DeliveryState,
  type NoticeCounts,
  type NotSent,
  type StateCounts,
} from "./ledger/delivery-state.ts";
export { migrateNotices, type LedgerDatabase } from "./ledger/migrate-notices.ts";
export {
  DeliveryLedger,
  type NoticeRecord,
  type NoticeToPlan,
  type Stopped,
} from "./ledger/delivery-ledger.ts";
export type { FatesRecorded, LaterFate } from "./ledger/record-fate.ts";
export type { StatementSet, WhoGot } from "./ledger/who-got.ts";
export type { HandOver, MessageTransport, OutgoingMessage, Transport } from "./smtp/message-transport.ts";
export { smtpTransport, type SmtpTransportOptions } from "./smtp/smtp-transport.ts";
export { parseSmtpUrl, type SmtpServer } from "./smtp/smtp-url.ts";
export {
  paceOfUrgency,
  parsePace,
  unpaced,
  urgencies,
  type Pace,
  type Urgency,
  type WarmUpStep,
} from "./sending/pace.ts";
export { quietMarkets, quietUntil, type QuietHours } from "./sending/quiet-hours.ts";
export {
  contactsPageMax,
  inFlightMaxDefault,
  retryDefault,
  unavailableMaxDefault,
  type ClaimsVerdict,
  type Contact,
  type Delivery,
  type Prepared,
  type RetryPolicy,
  type Sending,
  type SendingEnd,
  type SendingTerms,
} from "./sending/sending.ts";
export { deliver } from "./sending/deliver.ts";
export { sendPlanned } from "./sending/send-planned.ts";
export { applyReturns, returnsOfDsn, type Returned, type ReturnsApplied } from "./bounces/apply-returns.ts";
export { parseDsn, dsnBytesMax, type DeliveryStatus, type DsnRecipient } from "./bounces/parse-dsn.ts";
export { createReturnTokens, noticeOfToken, type ReturnTokens } from "./bounces/return-token.ts";
export { returnsOfSesEvent } from "./bounces/ses-event.ts";
export { readSnsMessage, type SnsMessage, type SnsTrust } from "./bounces/sns-message.ts";
export { returnsOfWebhook } from "./bounces/webhook-event.ts";
export { sesTransport, type SesOptions } from "./providers/ses-transport.ts";
export { sparkPostTransport, type SparkPostOptions } from "./providers/sparkpost-transport.ts";
export {
  knownPushHosts,
  pushTransport,
  type PushMessage,
  type PushOptions,
  type PushSubscription,
} from "./push/push-transport.ts";
export {
  webhookTransport,
  type WebhookEndpoint,
  type WebhookMessage,
  type WebhookOptions,
} from "./webhook/webhook-transport.ts";
export { saysForGood, Suppressions } from "./bounces/suppressions.ts";
export { returnsOfSparkPostEvents } from "./bounces/sparkpost-event.ts";
export { generateVapidKeys, type VapidKeys } from "./push/vapid-keys.ts";
export { receiverKinds, receiverText, type ReceiverKind } from "./webhook/receiver-text.ts";
