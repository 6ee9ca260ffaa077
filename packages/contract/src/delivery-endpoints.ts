import { NoticePreviews } from "./notice-preview.ts";
import { Deliveries, Halted, NotSentList, Retried, RetryUnknown } from "./delivery.ts";
import { command, incident, query, type Endpoint } from "./endpoint.ts";
import { Because } from "./run.ts";

const notice = `${incident}/notices/{noticeId}`;

/** What became of messages, and what a person can do about it. */
export const deliveryEndpoints = {
  readDeliveries: query(
    "readDeliveries",
    `${notice}/deliveries`,
    "what became of a notice, by channel, counted now",
    Deliveries,
  ),
  previewNotice: query(
    "previewNotice",
    `${notice}/previews/{locale}`,
    "what each audience will see of a notice in one language, by channel",
    NoticePreviews,
  ),
  listNotSent: query(
    "listNotSent",
    `${notice}/not-sent`,
    "everybody whom a notice has not reached for certain",
    NotSentList,
    { paged: true },
  ),
  haltNotices: command(
    "haltNotices",
    `${incident}/notice-halts`,
    "the kill switch: stop all notices of an incident in every channel, from the next batch on",
    { body: Because, schema: Halted },
  ),
  resumeNotice: command(
    "resumeNotice",
    `${notice}/resumptions`,
    "go on with a notice that was stopped by hand",
    {
      body: Because,
      schema: Deliveries,
    },
  ),
  retryUnknown: command(
    "retryUnknown",
    `${notice}/retries`,
    "choose to send again to people of unknown fate: some may get it twice",
    { body: RetryUnknown, schema: Retried },
  ),
} as const satisfies Readonly<Record<string, Endpoint>>;
