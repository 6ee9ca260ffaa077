import { createSign, randomBytes } from "node:crypto";
import fc from "fast-check";
import { Webhook } from "standardwebhooks";
import { afterAll, beforeAll, expect, test } from "vitest";
import {
  applyReturns,
  createReturnTokens,
  noticeOfToken,
  parseDsn,
  readSnsMessage,
  returnsOfDsn,
  returnsOfSesEvent,
  returnsOfWebhook,
  sendPlanned,
  type NotSent,
} from "../src/index.ts";
import { startLedgerDatabase, type LedgerDatabaseForTests } from "./support/ledger-database.ts";
import { drop, scriptedSmtp } from "./support/scripted-smtp.ts";
import { setUp } from "./support/sending-setup.ts";
import { testCertificate, testKey } from "./support/test-certificate.ts";

let database: LedgerDatabaseForTests;
beforeAll(async () => {
  database = await startLedgerDatabase();
});
afterAll(() => database.stop());

function dsn(to: string, action = "failed", status = "5.1.1"): Buffer {
  const text = `Return-Path: <>
X-Original-To: ${to}
From: MAILER-DAEMON@mx.example (Mail Delivery System)
Subject: Undelivered Mail Returned to Sender
To: someone@else.example
Auto-Submitted: auto-replied
Content-Type: multipart/report; report-type=delivery-status;
 boundary="A1B2/mx.example"

--A1B2/mx.example
Content-Type: text/plain

I'm sorry to have to inform you.

--A1B2/mx.example
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example
Arrival-Date: Tue, 27 May 2014 12:00:00 +0000

Final-Recipient: rfc822; u-3@people.example
Action: ${action}
Status: ${status}
Diagnostic-Code: smtp; 550 5.1.1 unknown

--A1B2/mx.example
Content-Type: text/rfc822-headers

Message-ID: <abc@overture.example>
To: u-3@people.example

--A1B2/mx.example--
`;
  return Buffer.from(text.replaceAll("\n", "\r\n"));
}

test("a token comes back as the ordinal, and with another salt as nobody", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 2 ** 31 - 1 }),
      fc.integer({ min: 1, max: 999_999_999 }),
      fc.uint8Array({ minLength: 16, maxLength: 32 }),
      (ordinal, noticeNo, salt) => {
        const token = createReturnTokens(salt).make(noticeNo, ordinal);
        expect(noticeOfToken(token)).toBe(noticeNo);
        expect(createReturnTokens(salt).read(token)).toBe(ordinal);
        expect(createReturnTokens(Buffer.concat([salt, Buffer.from([1])])).read(token)).toBeNull();
        const last = token.endsWith("0") ? "1" : "0";
        expect(createReturnTokens(salt).read(token.slice(0, -1) + last)).toBeNull();
      },
    ),
  );
});

test("a delivery status notification is read by its parts, not by its words", () => {
  const token = createReturnTokens(new Uint8Array(16)).make(7, 3);
  expect(parseDsn(dsn(`bounces+${token}@overture.example`))).toEqual({
    token,
    originalMessageId: "<abc@overture.example>",
    recipients: [{ action: "failed", status: "5.1.1" }],
  });
  expect(parseDsn(Buffer.from("Subject: Undelivered Mail\r\n\r\n550 5.1.1 unknown user\r\n"))).toBeNull();
  expect(parseDsn(dsn("bounces@overture.example"))?.token).toBeNull();
  const delayed = parseDsn(dsn(`bounces+${token}@overture.example`, "delayed", "4.4.1"));
  expect(delayed === null ? null : returnsOfDsn(delayed)).toEqual([]);
});

test("no bytes make the reader of notifications throw", () => {
  const whole = dsn("bounces+x@overture.example");
  fc.assert(
    fc.property(
      fc.nat(whole.length),
      fc.nat(whole.length),
      fc.uint8Array({ maxLength: 20 }),
      (from, to, noise) => {
        parseDsn(Buffer.concat([whole.subarray(0, from), noise, whole.subarray(to)]));
      },
    ),
  );
});

async function sent(incidentId: string) {
  const smtp = await scriptedSmtp({ onMessage: (address) => (address.startsWith("u-9@") ? drop : "250 ok") });
  const { sending, transport } = await setUp(database.ledger, smtp.port, { incidentId, people: 20 });
  const froms: string[] = [];
  await sendPlanned({
    ...sending,
    bounceAddress: "bounces@overture.example",
    transport: {
      ...transport,
      send: (message) => {
        froms.push(`${message.to} ${message.from}`);
        return transport.send(message);
      },
    },
  });
  await transport.close();
  await smtp.close();
  const returnPath = (ordinal: number) =>
    froms.find((line) => line.startsWith(`u-${ordinal}@`))?.split(" ")[1] ?? "";
  return { noticeNo: sending.noticeNo, returnPath };
}

async function notSent(noticeNo: number): Promise<NotSent[]> {
  const people: NotSent[] = [];
  for await (const person of database.ledger.notSent(noticeNo)) people.push(person);
  return people;
}

test("bounces that come back to the return path change the fate of exactly that person, once", async () => {
  const { noticeNo, returnPath } = await sent("bounced");
  const parsed = parseDsn(dsn(returnPath(3)));
  const returned = parsed === null ? [] : returnsOfDsn(parsed);
  expect(await applyReturns(database.ledger, returned)).toEqual({ changed: 1, ignored: 0, strangers: 0 });
  expect(await applyReturns(database.ledger, returned)).toEqual({ changed: 0, ignored: 1, strangers: 0 });
  expect(await database.ledger.counts(noticeNo)).toMatchObject({ handed_over: 18, bounced: 1, unknown: 1 });
  expect(await notSent(noticeNo)).toMatchObject([
    { ordinal: 3, state: "bounced", cause: "bounced", status: "5.1.1" },
    { ordinal: 9, state: "unknown" },
  ]);
});

test("deliveries confirm, also what was unknown; a bounce outweighs a delivery in any order; a complaint is noted", async () => {
  const { noticeNo, returnPath } = await sent("confirmed");
  const token = (ordinal: number) => /\+([^@]+)@/.exec(returnPath(ordinal))?.[1] ?? "";
  const event = (kind: "confirmed" | "bounced" | "complained", ordinal: number) => ({
    token: token(ordinal),
    kind,
    status: null,
  });
  await applyReturns(database.ledger, [
    event("confirmed", 1),
    event("confirmed", 9),
    event("confirmed", 2),
    event("bounced", 2),
  ]);
  await applyReturns(database.ledger, [event("bounced", 4)]);
  await applyReturns(database.ledger, [event("confirmed", 4), event("complained", 5)]);
  expect(await database.ledger.counts(noticeNo)).toMatchObject({
    confirmed: 3,
    bounced: 2,
    unknown: 0,
    handed_over: 15,
  });
  const stranger = createReturnTokens(randomBytes(16)).make(noticeNo, 1);
  expect(
    await applyReturns(database.ledger, [
      { token: stranger, kind: "bounced", status: null },
      { token: "n999999-" + "0".repeat(32), kind: "bounced", status: null },
      { token: "rubbish", kind: "bounced", status: null },
    ]),
  ).toEqual({ changed: 0, ignored: 0, strangers: 3 });
});

const topic = "arn:aws:sns:eu-west-1:123456789012:notices";
function sns(message: string, over: Record<string, string> = {}, version: "1" | "2" = "2"): string {
  const fields: Record<string, string> = {
    Message: message,
    MessageId: "id-1",
    Timestamp: "2014-05-27T12:00:00.000Z",
    TopicArn: topic,
    Type: "Notification",
  };
  const input = ["Message", "MessageId", "Timestamp", "TopicArn", "Type"]
    .map((name) => `${name}\n${fields[name] ?? ""}\n`)
    .join("");
  const Signature = createSign(version === "1" ? "RSA-SHA1" : "RSA-SHA256")
    .update(input)
    .sign(testKey, "base64");
  return JSON.stringify({
    ...fields,
    SignatureVersion: version,
    Signature,
    SigningCertURL: "https://sns.eu-west-1.amazonaws.com/SimpleNotificationService-abc.pem",
    ...over,
  });
}
const trust = { topicArns: [topic], certificate: () => Promise.resolve(testCertificate) };

test.each(["1", "2"] as const)(
  "an SNS message is taken only with Amazon's signature (version %s) and of the topic that is expected",
  async (version) => {
    expect((await readSnsMessage(sns("hi", {}, version), trust)).message).toBe("hi");
    const refused = { code: "ERR_NOTICE_RETURN" };
    await expect(readSnsMessage(sns("hi", { Message: "ho" }, version), trust)).rejects.toMatchObject(refused);
    await expect(
      readSnsMessage(sns("hi", { TopicArn: "arn:aws:sns:eu-west-1:1:other" }, version), trust),
    ).rejects.toMatchObject(refused);
    for (const url of [
      "https://sns.eu-west-1.amazonaws.com.evil.example/SimpleNotificationService-abc.pem",
      "http://sns.eu-west-1.amazonaws.com/SimpleNotificationService-abc.pem",
      "https://sns.eu-west-1.amazonaws.com/../evil.pem",
    ])
      await expect(readSnsMessage(sns("hi", { SigningCertURL: url }, version), trust)).rejects.toMatchObject(
        refused,
      );
  },
);

test("events of Amazon SES: a permanent bounce, a delivery, a complaint; a transient bounce changes nothing", () => {
  const token = createReturnTokens(new Uint8Array(16)).make(1, 1);
  const event = (rest: object) => JSON.stringify({ mail: { tags: { "cordon-token": [token] } }, ...rest });
  const bounce = (bounceType: string) =>
    event({
      eventType: "Bounce",
      bounce: { bounceType, bouncedRecipients: [{ emailAddress: "a@b.example", status: "5.1.1" }] },
    });
  expect(returnsOfSesEvent(bounce("Permanent"))).toEqual([{ token, kind: "bounced", status: "5.1.1" }]);
  expect(returnsOfSesEvent(bounce("Transient"))).toEqual([]);
  expect(returnsOfSesEvent(event({ eventType: "Delivery" }))).toMatchObject([{ kind: "confirmed" }]);
  expect(returnsOfSesEvent(event({ notificationType: "Complaint" }))).toMatchObject([{ kind: "complained" }]);
  expect(returnsOfSesEvent(JSON.stringify({ eventType: "Delivery", mail: {} }))).toEqual([]);
});

test("a provider's report by Standard Webhooks is taken only with a signature of now", () => {
  const secret = `whsec_${randomBytes(24).toString("base64")}`;
  const body = JSON.stringify({
    type: "notice.returned",
    data: [{ token: "t", kind: "bounced", status: "5.1.1" }],
  });
  const signed = (at: Date) => ({
    "webhook-id": "m",
    "webhook-timestamp": String(Math.floor(at.getTime() / 1000)),
    "webhook-signature": new Webhook(secret).sign("m", at, body),
  });
  expect(returnsOfWebhook(body, signed(new Date()), [secret])).toEqual([
    { token: "t", kind: "bounced", status: "5.1.1" },
  ]);
  expect(() => returnsOfWebhook(`${body} `, signed(new Date()), [secret])).toThrow("no signature");
  expect(() => returnsOfWebhook(body, signed(new Date(Date.now() - 3_600_000)), [secret])).toThrow(
    "no signature",
  );
});
