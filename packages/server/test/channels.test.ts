import { createSign, randomBytes } from "node:crypto";
import { stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Answer, Deliveries, Incident, Notice, NotSentList } from "@cordon/contract";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { httpPeer, type HttpPeer } from "./support/http-peer.ts";
import { dataMap, question, writeEvidence } from "./support/incident-material.ts";
import { verifiedEvent, webhookSignature } from "./support/standard-webhooks.ts";
import { pushedBrowser } from "./support/test-browser-push.ts";
import { testCertificate, testKey } from "./support/test-certificate.ts";
import { good, TestServer, until } from "./support/test-server.ts";

const topic = "arn:aws:sns:eu-central-1:123456789012:cordon";
const certificateUrl = "https://sns.eu-central-1.amazonaws.com/SimpleNotificationService-test.pem";
const secretOf = () => `whsec_${randomBytes(32).toString("base64")}`;
const [systemSecret, pressSecret, returnsSecret] = [secretOf(), secretOf(), secretOf()];
const sparkPostSecret = randomBytes(12).toString("hex");
const dsnSecret = randomBytes(12).toString("hex");
const notice = {
  service: "Overture",
  signature: { name: "Ada Lovelace", role: "CTO" },
  contact: { email: "help@overture.example" },
};

/** What SES was asked to send, by recipient. */
interface SesMail {
  readonly to: string;
  readonly token: string;
}

function sesMails(ses: HttpPeer): readonly SesMail[] {
  return ses.asked.map(({ body }) => {
    const { Destination, EmailTags } = JSON.parse(body.toString()) as {
      Destination: { ToAddresses: string[] };
      EmailTags: { Value: string }[];
    };
    return { to: Destination.ToAddresses[0] ?? "", token: EmailTags[0]?.Value ?? "" };
  });
}

function snsNotification(message: object, key: string = testKey): string {
  const fields = {
    Message: JSON.stringify(message),
    MessageId: "m-1",
    Timestamp: "2026-11-23T12:00:00.000Z",
    TopicArn: topic,
    Type: "Notification",
  };
  const input = Object.entries(fields)
    .map(([name, value]) => `${name}\n${value}\n`)
    .join("");
  const signature = createSign("RSA-SHA256").update(input).sign(key, "base64");
  return JSON.stringify({
    ...fields,
    SignatureVersion: "2",
    Signature: signature,
    SigningCertURL: certificateUrl,
  });
}

function dsn(token: string): string {
  return [
    `To: bounces+${token}@overture.example`,
    'Content-Type: multipart/report; report-type=delivery-status; boundary="b"',
    "",
    "--b",
    "Content-Type: message/delivery-status",
    "",
    "Reporting-MTA: dns; mx.example",
    "",
    "Final-Recipient: rfc822; somebody@example.net",
    "Action: failed",
    "Status: 5.1.1",
    "",
    "--b--",
    "",
  ].join("\r\n");
}

describe("a notice by every channel", () => {
  let server: TestServer;
  let ses: HttpPeer;
  let pushService: HttpPeer;
  let receiver: HttpPeer;
  let at: string;
  let first: string;
  let held: string;
  const browsers = new Map(["u-1", "u-2", "u-3"].map((account) => [account, pushedBrowser()]));

  beforeAll(async () => {
    ses = await httpPeer(() => ({ status: 200, body: '{"MessageId":"ses-1"}' }));
    pushService = await httpPeer(({ path }) => ({ status: path === "/u-3" ? 410 : 201 }));
    receiver = await httpPeer(() => ({ status: 204 }));
    server = await TestServer.start(30);
    await server.close();
    const subscriptions = join(server.home, "push-subscriptions.jsonl");
    const lines = [...browsers].map(([account, { keys }]) =>
      JSON.stringify({ account_id: account, endpoint: `${pushService.url}/${account}`, keys }),
    );
    await writeFile(subscriptions, `${lines.join("\n")}\n`);
    await server.open({
      mail: {
        from: "Overture <security@overture.example>",
        bounceAddress: "bounces@overture.example",
        provider: {
          kind: "ses",
          options: {
            region: "eu-central-1",
            configurationSet: "cordon",
            credentials: { accessKeyId: "test", secretAccessKey: "test" },
            endpoint: ses.url,
          },
        },
      },
      channels: {
        push: { subject: "mailto:security@overture.example", subscriptions, hosts: [pushService.host] },
        webhooks: [
          {
            name: "partner",
            kind: "system",
            locale: "en",
            url: `${receiver.url}/partner`,
            secrets: [systemSecret],
          },
          {
            name: "press",
            kind: "press",
            locale: "de",
            url: `${receiver.url}/press`,
            secrets: [pressSecret],
          },
        ],
        returns: { sesTopics: [topic], sparkPostSecret, dsnSecret, webhookSecrets: [returnsSecret] },
        // Amazon's certificates lie at Amazon's: the only address that is not on this machine.
        fetch: (input, init) =>
          input === certificateUrl ? Promise.resolve(new Response(testCertificate)) : fetch(input, init),
      },
    });
    const incident = good<Incident>(await server.post("author", "/v1/incidents", { title: "channels" }));
    at = `/v1/incidents/${incident.id}`;
    const { answerDigest, assumptions } = good<Answer>(
      await server.post("author", `${at}/answers`, { map: dataMap, question, evidence: "first" }),
    );
    for (const assumption of assumptions)
      good(await server.post("author", `${at}/assumptions`, { answerDigest, assumption }));
    good(await server.post("author", `${at}/claims`, { answerDigest }));
  });
  afterAll(async () => {
    await server.end();
    await Promise.all([ses.close(), pushService.close(), receiver.close()]);
  });

  const approved = async (draft: object): Promise<string> => {
    const { id } = good<Notice>(await server.post("author", `${at}/notices`, { ...notice, ...draft }));
    good(await server.post("approver", `${at}/notices/${id}/approvals`));
    return id;
  };
  const read = async (id: string): Promise<Notice> =>
    good<Notice>(await server.get("author", `${at}/notices/${id}`));
  const sent = (id: string): Promise<Notice> =>
    until(
      () => read(id),
      ({ state }) => state === "sent",
    );
  const deliveries = async (id: string): Promise<Deliveries["deliveries"]> =>
    good<Deliveries>(await server.get("author", `${at}/notices/${id}/deliveries`)).deliveries;
  const notSent = async (id: string): Promise<NotSentList["entries"]> =>
    good<NotSentList>(await server.get("author", `${at}/notices/${id}/not-sent?limit=500`)).entries;
  const tokenOf = (account: string): string =>
    sesMails(ses).find(({ to }) => to === `${account}@example.net`)?.token ?? "";

  test("a person has a fate in each channel: by the provider, in their browser, and each receiver by its own signature", async () => {
    first = await approved({});
    const { terms } = await sent(first);
    expect(terms).toEqual({
      channels: ["email", "push", "webhook"],
      receivers: ["partner", "press"],
      urgency: "ordinary",
      pace: null,
    });
    const mails = sesMails(ses);
    expect(mails[0]?.to).toBe("u-1@example.net");
    expect(new Set(mails.map(({ to }) => to)).size).toBe(30);
    expect(mails).toHaveLength(30);

    expect(pushService.asked.map(({ path }) => path).toSorted()).toEqual(["/u-1", "/u-2", "/u-3"]);
    const opened = pushService.asked.map(({ path, body }) => browsers.get(path.slice(1))?.open(body));
    expect(new Set(opened).size).toBe(1);
    expect(JSON.parse(opened[0] ?? "")).toMatchObject({
      title: expect.stringContaining("Overture") as string,
    });

    const [partner, press] = ["/partner", "/press"].map((path) =>
      receiver.asked.find((one) => one.path === path),
    );
    const verified = (asked: typeof partner, secret: string): unknown =>
      verifiedEvent(secret, { headers: asked?.headers ?? {}, body: asked?.body ?? Buffer.alloc(0) });
    const event = verified(partner, systemSecret);
    expect(event).toMatchObject({ type: "incident.notice.published", data: { people: { atMost: 1 } } });
    expect(event).not.toHaveProperty("data.text");
    expect(verified(press, pressSecret)).toMatchObject({ data: { text: { locale: "de" } } });
    expect(() => verified(press, systemSecret)).toThrow();

    const fates = Object.fromEntries((await deliveries(first)).map((one) => [one.channel, one.total]));
    expect(fates["email"]).toMatchObject({ handedOver: 30, failed: 0, planned: 0 });
    expect(fates["push"]).toMatchObject({ handedOver: 2, failed: 1, planned: 0 });
    expect(fates["webhook"]).toMatchObject({ handedOver: 2, failed: 0, planned: 0 });
    expect(await notSent(first)).toEqual([
      expect.objectContaining({ channel: "push", account: "u-3", state: "failed", cause: "gone" }),
    ]);
  });

  test("the VAPID keys stay in HOME, for nobody else to read", async () => {
    expect((await stat(join(server.home, "keys", "vapid.json"))).mode & 0o777).toBe(0o600);
  });

  test("what comes back moves the ledger, by each way that is open, and only from who is known there", async () => {
    const post = (way: string, body: string, headers: Record<string, string> = {}) =>
      fetch(`${server.url}/returns/${way}`, { method: "POST", body, headers });
    const sesEvent = (eventType: string, account: string, more: object = {}) => ({
      eventType,
      mail: { tags: { "cordon-token": [tokenOf(account)] } },
      ...more,
    });
    const bounce = sesEvent("Bounce", "u-5", {
      bounce: { bounceType: "Permanent", bouncedRecipients: [{ status: "5.1.1" }] },
    });
    const forged = JSON.parse(snsNotification(bounce)) as Record<string, string>;
    const wrong = await post(
      "ses",
      JSON.stringify({ ...forged, Message: forged["Message"]?.replace("5.1.1", "5.1.2") }),
    );
    expect(wrong.status).toBe(422);
    expect(await (await post("ses", snsNotification(bounce))).json()).toEqual({
      changed: 1,
      ignored: 0,
      strangers: 0,
    });
    expect((await post("ses", snsNotification(sesEvent("Delivery", "u-6")))).status).toBe(200);

    const batch = JSON.stringify([
      {
        msys: {
          message_event: {
            type: "bounce",
            bounce_class: "10",
            rcpt_meta: { "cordon-token": tokenOf("u-7") },
          },
        },
      },
    ]);
    expect((await post("sparkpost", batch, { authorization: "Bearer wrong" })).status).toBe(422);
    const basic = Buffer.from(`cordon:${sparkPostSecret}`).toString("base64");
    expect((await post("sparkpost", batch, { authorization: `Basic ${basic}` })).status).toBe(200);

    expect((await post("dsn", dsn(tokenOf("u-8")))).status).toBe(422);
    const bearer = { authorization: `Bearer ${dsnSecret}`, "content-type": "message/rfc822" };
    expect(await (await post("dsn", dsn(tokenOf("u-8")), bearer)).json()).toMatchObject({ changed: 1 });
    expect(await (await post("dsn", dsn(`n1-${"0".repeat(32)}`), bearer)).json()).toMatchObject({
      changed: 0,
      strangers: 1,
    });

    const report = JSON.stringify({
      type: "notice.returned",
      data: [{ token: tokenOf("u-9"), kind: "confirmed", status: null }],
    });
    const timestamp = String(Math.floor(Date.now() / 1000));
    const signed = {
      "webhook-id": "msg_1",
      "webhook-timestamp": timestamp,
      "webhook-signature": webhookSignature(returnsSecret, "msg_1", timestamp, report),
    };
    expect((await post("webhook", `${report} `, signed)).status).toBe(422);
    expect((await post("webhook", report, signed)).status).toBe(200);
    expect((await post("fax", report)).status).toBe(404);

    const [email] = await deliveries(first);
    expect(email?.total).toMatchObject({ bounced: 3, confirmed: 2, handedOver: 25 });
    const bounced = (await notSent(first)).filter(({ state }) => state === "bounced");
    expect(bounced.map(({ account, status }) => [account, status])).toEqual([
      ["u-5", "5.1.1"],
      ["u-7", "5.1.1"],
      ["u-8", "5.1.1"],
    ]);
  });

  test("an address that has said for good that it is none is not tried again", async () => {
    const before = ses.asked.length;
    const second = await approved({ channels: ["email"] });
    await sent(second);
    const tried = sesMails(ses)
      .slice(before)
      .map(({ to }) => to);
    expect(tried).toHaveLength(27);
    for (const account of ["u-5", "u-7", "u-8"]) expect(tried).not.toContain(`${account}@example.net`);
    expect((await notSent(second)).map(({ account, state, cause }) => [account, state, cause])).toEqual([
      ["u-5", "failed", "suppressed"],
      ["u-7", "failed", "suppressed"],
      ["u-8", "failed", "suppressed"],
    ]);
    expect((await deliveries(second)).map(({ channel }) => channel)).toEqual(["email"]);
  });

  /** Quiet in Sweden now and for an hour at least, and nowhere in the United States: theirs is another part of the day. */
  const quietInSweden = () => {
    const clock = (ms: number) =>
      new Intl.DateTimeFormat("en-GB", {
        timeZone: "Europe/Stockholm",
        hour: "2-digit",
        minute: "2-digit",
        hourCycle: "h23",
      }).format(ms);
    return { from: clock(Date.now() - 3_600_000), to: clock(Date.now() + 3_600_000) };
  };
  const waiting = (id: string): Promise<Deliveries["deliveries"]> =>
    until(
      () => deliveries(id),
      ([email, push]) => email?.total.planned === 15 && push?.total.planned === 1 && push.total.failed === 1,
    );

  test("one that is urgent goes out to everybody at once", async () => {
    const id = await approved({ urgency: "immediate", pace: { quiet: quietInSweden() } });
    const { total } = await sent(id);
    expect(total).toMatchObject({ planned: 30, delivered: 27, failed: 3, pending: 0 });
  });

  test("a notice waits in the quiet hours of each reader's market, says until when, and the kill switch reaches every channel", async () => {
    const before = ses.asked.length;
    held = await approved({ pace: { perSecond: 500, quiet: quietInSweden() } });
    const [email, push] = await waiting(held);
    expect((await read(held)).terms.pace).toMatchObject({ perSecond: 500 });
    const tried = sesMails(ses).slice(before);
    expect(tried.every(({ to }) => Number(/\d+/.exec(to)?.[0]) % 2 === 1)).toBe(true);
    expect(email?.quiet).toEqual([{ market: "SE", people: 15, until: expect.any(String) as string }]);
    expect(push?.quiet).toMatchObject([{ market: "SE", people: 1 }]);
    expect(Date.parse(email?.quiet[0]?.until ?? "")).toBeGreaterThan(Date.now());
    good(await server.post("author", `${at}/notice-halts`, { because: "the text is wrong" }));
    for (const { stopped } of await deliveries(held)) expect(stopped).toMatchObject({ byHand: true });
  });

  test("evidence that changes stops every channel, also those that wait", async () => {
    good(await server.post("author", `${at}/notices/${held}/resumptions`, { because: "the text is right" }));
    await waiting(held);
    const before = { mailed: ses.asked.length, pushed: pushService.asked.length };
    await writeEvidence(join(server.home, "evidence", "second"), ["u-1", "u-7"]);
    good(await server.post("author", `${at}/answers`, { map: dataMap, question, evidence: "second" }));
    const { stopped } = await until(
      () => read(held),
      ({ state }) => state === "stopped",
    );
    expect(stopped?.because).toMatch(/no longer holds/);
    for (const one of await deliveries(held))
      expect(one).toMatchObject({ stopped: { byHand: false }, quiet: [], total: { leased: 0 } });
    expect({ mailed: ses.asked.length, pushed: pushService.asked.length }).toEqual(before);
  });
});
