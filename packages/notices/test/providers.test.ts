import { once } from "node:events";
import { createServer, type IncomingHttpHeaders } from "node:http";
import { afterEach, expect, test } from "vitest";
import {
  sesTransport,
  sparkPostTransport,
  type MessageTransport,
  type OutgoingMessage,
} from "../src/index.ts";

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close();
});

type Asked = { readonly url: string; readonly headers: IncomingHttpHeaders; readonly body: string };
type Answer =
  | { readonly status: number; readonly headers?: Record<string, string>; readonly body?: string }
  | "drop"
  | "silence";

/** A provider on a real socket that answers as told and keeps what it was asked. */
async function provider(answer: Answer): Promise<{ readonly url: string; readonly asked: readonly Asked[] }> {
  const asked: Asked[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      asked.push({
        url: request.url ?? "",
        headers: request.headers,
        body: Buffer.concat(chunks).toString(),
      });
      if (answer === "drop") request.socket.resetAndDestroy();
      else if (answer !== "silence") {
        response.writeHead(answer.status, answer.headers);
        response.end(answer.body ?? "{}");
      }
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  closing.push(async () => {
    server.closeAllConnections();
    server.close();
    await once(server, "close");
  });
  const address = server.address();
  return { url: `http://127.0.0.1:${typeof address === "object" ? (address?.port ?? 0) : 0}`, asked };
}

const message: OutgoingMessage = {
  from: "security@overture.example",
  to: "u-1@people.example",
  bytes: Buffer.from("Subject: s\r\n\r\nhello\r\n"),
  token: `n1-${"0".repeat(32)}`,
};

function ses(endpoint: string, timeoutMs = 30_000): MessageTransport {
  const transport = sesTransport({
    region: "eu-west-1",
    configurationSet: "notices",
    credentials: { accessKeyId: "AKIDEXAMPLE", secretAccessKey: "secret" },
    endpoint,
    timeoutMs,
  });
  closing.push(() => transport.close());
  return transport;
}

function fault(name: string, status: number): Answer {
  return {
    status,
    headers: { "x-amzn-errortype": name, "content-type": "application/json" },
    body: `{"message":"no"}`,
  };
}

test("Amazon SES gets the message as it is, with the configuration set and our tag, signed", async () => {
  const { url, asked } = await provider({ status: 200, body: `{"MessageId":"m-1"}` });
  expect(await ses(url).send(message)).toEqual({ kind: "delivered", replyCode: 200 });
  const [request] = asked;
  expect(request?.url).toBe("/v2/email/outbound-emails");
  expect(request?.headers.authorization).toContain("AWS4-HMAC-SHA256");
  const body = JSON.parse(request?.body ?? "") as { Content: { Raw: { Data: string } } };
  expect(body).toMatchObject({
    FromEmailAddress: message.from,
    Destination: { ToAddresses: [message.to] },
    ConfigurationSetName: "notices",
    EmailTags: [{ Name: "cordon-token", Value: message.token }],
  });
  expect(Buffer.from(body.Content.Raw.Data, "base64").equals(Buffer.from(message.bytes))).toBe(true);
});

test.each([
  [
    "too many requests",
    fault("TooManyRequestsException", 429),
    { kind: "deferred", replyCode: 429, status: null },
  ],
  ["a message rejected", fault("MessageRejected", 400), { kind: "refused", replyCode: 400, status: null }],
  [
    "sending paused",
    fault("SendingPausedException", 400),
    { kind: "unavailable", reason: "Amazon SES: SendingPausedException" },
  ],
  ["a fault of the server", fault("InternalFailure", 500), { kind: "reply_lost" }],
  ["a connection lost after the request", "drop", { kind: "reply_lost" }],
  ["no answer", "silence", { kind: "reply_lost" }],
] satisfies readonly (readonly [string, Answer, object])[])(
  "Amazon SES, %s: asked once, never again by itself",
  async (_what, answer, expected) => {
    const { url, asked } = await provider(answer);
    // Short only where it must run out.
    expect(await ses(url, answer === "silence" ? 2_000 : 30_000).send(message)).toEqual(expected);
    expect(asked).toHaveLength(1);
  },
);

test("Amazon SES that can't be reached is nobody's message's fault", async () => {
  expect(await ses("http://127.0.0.1:1").send(message)).toMatchObject({ kind: "unavailable" });
});

test("SparkPost gets the message as it is, without tracking", async () => {
  const { url, asked } = await provider({ status: 200 });
  const transport = sparkPostTransport({ apiKey: "key", endpoint: url, fetch });
  expect(await transport.send(message)).toEqual({ kind: "delivered", replyCode: 200 });
  expect(JSON.parse(asked[0]?.body ?? "")).toMatchObject({
    options: { open_tracking: false, click_tracking: false },
    recipients: [{ address: { email: message.to } }],
    content: { email_rfc822: "Subject: s\r\n\r\nhello\r\n" },
    metadata: { "cordon-token": message.token },
  });
});

test.each([
  ["401", { status: 401 }, { kind: "unavailable" }],
  [
    "429 with Retry-After",
    { status: 429, headers: { "retry-after": "7" } },
    { kind: "deferred", retryAfterMs: 7000 },
  ],
  ["400", { status: 400 }, { kind: "refused", replyCode: 400 }],
  ["500", { status: 500 }, { kind: "reply_lost" }],
  [
    "a redirect, which is not followed",
    { status: 302, headers: { location: "http://elsewhere.example" } },
    { kind: "refused" },
  ],
] satisfies readonly (readonly [string, Answer, object])[])(
  "SparkPost, %s",
  async (_what, answer, expected) => {
    const { url, asked } = await provider(answer);
    const transport = sparkPostTransport({ apiKey: "key", endpoint: url, fetch });
    expect(await transport.send(message)).toMatchObject(expected);
    expect(asked).toHaveLength(1);
  },
);

test("no more requests are under way than there are connections, and closing waits for them", async () => {
  let now = 0;
  let most = 0;
  const slow: typeof fetch = async () => {
    most = Math.max(most, ++now);
    await new Promise((resolve) => setTimeout(resolve, 5));
    now--;
    return new Response("{}");
  };
  const transport = sparkPostTransport({
    apiKey: "key",
    endpoint: "http://p.example",
    fetch: slow,
    connections: 3,
  });
  const all = Array.from({ length: 20 }, () => transport.send(message));
  await transport.close();
  expect(most).toBe(3);
  expect((await Promise.all(all)).every(({ kind }) => kind === "delivered")).toBe(true);
  expect(await transport.send(message)).toMatchObject({ kind: "unavailable" });
});
