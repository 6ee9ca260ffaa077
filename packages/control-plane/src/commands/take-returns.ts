import { createHash, timingSafeEqual } from "node:crypto";
import {
  applyReturns,
  createReturnTokens,
  noticeOfToken,
  NoticeError,
  parseDsn,
  readSnsMessage,
  returnsOfDsn,
  returnsOfSesEvent,
  returnsOfSparkPostEvents,
  returnsOfWebhook,
  saysForGood,
  type Returned,
  type ReturnsApplied,
} from "@cordon/notices";
import { ControlPlaneError } from "../errors.ts";
import type { Plane } from "../plane.ts";

/** How what came back was handed over. */
export const returnWays = ["ses", "sparkpost", "dsn", "webhook"] as const;
export type ReturnWay = (typeof returnWays)[number];

interface ReturnsReceived {
  readonly body: Uint8Array;
  /** In lower case, the first of each name. */
  readonly headers: Readonly<Record<string, string>>;
}

/** PEM files of Amazon that are kept; it changes them once a year. */
const certificatesMax = 16;
const certificates = new Map<string, string>();
const fetchTimeoutMs = 10_000;
const certificateBytesMax = 65_536;

/**
 * Puts on record what came back, once it is known to be genuine. Throws ERR_PLANE_NOT_FOUND for a way that is closed, ERR_PLANE_RETURN for what
 * nobody vouches for or can read, `ERR_NOTICE_RETURN` likewise.
 */
export async function takeReturns(
  plane: Plane,
  way: ReturnWay,
  received: ReturnsReceived,
): Promise<ReturnsApplied> {
  const returned = await returnedBy(plane, way, received);
  const applied = await applyReturns(plane.desk.ledger, returned);
  await suppress(plane, returned);
  return applied;
}

async function returnedBy(
  plane: Plane,
  way: ReturnWay,
  { body, headers }: ReturnsReceived,
): Promise<readonly Returned[]> {
  const { returns, fetch } = plane.desk;
  const text = () => Buffer.from(body).toString("utf8");
  switch (way) {
    case "ses": {
      if (returns.sesTopics === undefined) return closed();
      const message = await readSnsMessage(text(), {
        topicArns: returns.sesTopics,
        certificate: (url) => certificateAt(url, fetch),
      });
      if (message.type === "SubscriptionConfirmation") await confirm(message.subscribeUrl, fetch);
      return message.type === "Notification" ? returnsOfSesEvent(message.message) : [];
    }
    case "sparkpost":
      requireSecret(headers, returns.sparkPostSecret ?? closed());
      return returnsOfSparkPostEvents(text());
    case "dsn": {
      requireSecret(headers, returns.dsnSecret ?? closed());
      const status = parseDsn(body);
      // An automatic reply that came to the same mailbox is nothing to put on record.
      return status === null ? [] : returnsOfDsn(status);
    }
    case "webhook":
      return returnsOfWebhook(text(), headers, returns.webhookSecrets ?? closed());
  }
}

/** A bounce says for good that there is no such address: the one that the directory has now, which may have been changed since. */
async function suppress(plane: Plane, returned: readonly Returned[]): Promise<void> {
  for (const { token, kind, status } of returned) {
    const noticeNo = noticeOfToken(token);
    if (kind !== "bounced" || !saysForGood(status) || noticeNo === null) continue;
    const notice = await plane.desk.ledger.read(noticeNo).catch((error: unknown) => {
      if (error instanceof NoticeError && error.code === "ERR_NOTICE_UNKNOWN") return null;
      throw error;
    });
    const ordinal = notice === null ? null : createReturnTokens(notice.salt).read(token);
    if (ordinal === null) continue;
    const [contact] = await plane.directory.directory.contacts({ afterOrdinal: ordinal - 1, limit: 1 });
    if (contact?.ordinal === ordinal && contact.email !== null)
      await plane.desk.suppressions.add(contact.email, status);
  }
}

async function certificateAt(url: string, fetching: typeof fetch): Promise<string> {
  const known = certificates.get(url);
  if (known !== undefined) return known;
  const pem = await textAt(url, fetching);
  const [oldest] = certificates.keys();
  if (certificates.size >= certificatesMax && oldest !== undefined) certificates.delete(oldest);
  certificates.set(url, pem);
  return pem;
}

/** Whoever configured the topic has agreed to it. The address is Amazon's, whatever the message says. */
async function confirm(url: string | null, fetching: typeof fetch): Promise<void> {
  if (url === null || !/^https:\/\/sns\.[a-z0-9-]{3,30}\.amazonaws\.com(?:\.cn)?\//.test(url))
    return refuse("the subscription is to be confirmed at an address that is not Amazon's");
  await textAt(url, fetching);
}

async function textAt(url: string, fetching: typeof fetch): Promise<string> {
  const response = await fetching(url, { redirect: "error", signal: AbortSignal.timeout(fetchTimeoutMs) });
  const text = await response.text();
  if (!response.ok || text.length > certificateBytesMax) return refuse(`Amazon answers ${response.status}`);
  return text;
}

/** `Bearer SECRET`, or `Basic` with the secret as password: what providers can be told to send. */
function requireSecret({ authorization = "" }: Readonly<Record<string, string>>, secret: string): void {
  const [, scheme = "", value = ""] = /^(bearer|basic) (\S{1,4096})$/i.exec(authorization) ?? [];
  const given = scheme.toLowerCase() === "basic" ? passwordOf(value) : value;
  const digest = (text: string) => createHash("sha256").update(text, "utf8").digest();
  if (given === "" || !timingSafeEqual(digest(given), digest(secret)))
    refuse("whoever hands it over has not the secret");
}

function passwordOf(basic: string): string {
  const text = Buffer.from(basic, "base64").toString("utf8");
  return text.slice(text.indexOf(":") + 1);
}

function closed(): never {
  throw new ControlPlaneError("ERR_PLANE_NOT_FOUND", "nothing comes back by this way");
}

function refuse(what: string): never {
  throw new ControlPlaneError("ERR_PLANE_RETURN", what);
}
