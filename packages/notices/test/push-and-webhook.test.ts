import {
  createDecipheriv,
  createECDH,
  createHmac,
  createPublicKey,
  hkdfSync,
  randomBytes,
  verify,
} from "node:crypto";
import { Webhook } from "standardwebhooks";
import { expect, test } from "vitest";
import webPush from "web-push";
import { pushTransport, webhookTransport, type PushMessage, type PushSubscription } from "../src/index.ts";

const vapid = webPush.generateVAPIDKeys();
type Asked = { readonly url: string; readonly headers: Headers; readonly body: Buffer };

function answering(status: (url: string) => number): {
  readonly fetch: typeof fetch;
  readonly asked: Asked[];
} {
  const asked: Asked[] = [];
  return {
    asked,
    fetch: (input, init) => {
      const url = input instanceof Request ? input.url : String(input);
      const body = init?.body;
      asked.push({
        url,
        headers: new Headers(init?.headers),
        body:
          body instanceof Uint8Array ? Buffer.from(body) : Buffer.from(typeof body === "string" ? body : ""),
      });
      return Promise.resolve(new Response(null, { status: status(url) }));
    },
  };
}

type Browser = { readonly subscription: PushSubscription; readonly open: (body: Buffer) => string };

/** A browser as RFC 8291 has it: its keys, and how it opens what it gets. */
function browser(endpoint: string): Browser {
  const ecdh = createECDH("prime256v1");
  const publicKey = ecdh.generateKeys();
  const auth = randomBytes(16);
  return {
    subscription: {
      endpoint,
      keys: { p256dh: publicKey.toString("base64url"), auth: auth.toString("base64url") },
    },
    open(body) {
      const salt = body.subarray(0, 16);
      const keyLength = body[20] ?? 0;
      const serverKey = body.subarray(21, 21 + keyLength);
      const info = Buffer.concat([Buffer.from("WebPush: info\0"), publicKey, serverKey]);
      const secret = Buffer.from(hkdfSync("sha256", ecdh.computeSecret(serverKey), auth, info, 32));
      const key = Buffer.from(hkdfSync("sha256", secret, salt, "Content-Encoding: aes128gcm\0", 16));
      const nonce = Buffer.from(hkdfSync("sha256", secret, salt, "Content-Encoding: nonce\0", 12));
      const sealed = body.subarray(21 + keyLength);
      const decipher = createDecipheriv("aes-128-gcm", key, nonce);
      decipher.setAuthTag(sealed.subarray(-16));
      const plain = Buffer.concat([decipher.update(sealed.subarray(0, -16)), decipher.final()]);
      return plain.subarray(0, plain.lastIndexOf(2)).toString("utf8");
    },
  };
}

function transport(fake: { readonly fetch: typeof fetch }, hosts: readonly string[] | null = null) {
  return pushTransport({ subject: "mailto:security@overture.example", ...vapid, fetch: fake.fetch, hosts });
}

const push = (...subscriptions: readonly PushSubscription[]): PushMessage => ({
  subscriptions,
  payload: JSON.stringify({ title: "Overture: please sign in again", text: "ü音🎵" }),
  topic: "notice-1",
});

test("a push is encrypted to the browser, signed for its push service, and says how long it keeps", async () => {
  const fake = answering(() => 201);
  const one = browser("https://push.example/abc");
  expect(await transport(fake).send(push(one.subscription))).toEqual({ kind: "delivered", replyCode: 201 });
  const [asked] = fake.asked;
  expect(asked?.headers.get("content-encoding")).toBe("aes128gcm");
  expect(asked?.headers.get("ttl")).toBe("259200");
  expect(asked?.headers.get("topic")).toBe("notice-1");
  expect(one.open(asked?.body ?? Buffer.alloc(0))).toBe(push().payload);
  const [, jwt = ""] = /vapid t=([^,]+)/.exec(asked?.headers.get("authorization") ?? "") ?? [];
  const [head = "", claims = "", signature = ""] = jwt.split(".");
  expect(JSON.parse(Buffer.from(claims, "base64url").toString())).toMatchObject({
    aud: "https://push.example",
  });
  const point = Buffer.from(vapid.publicKey, "base64url");
  const key = createPublicKey({
    key: {
      kty: "EC",
      crv: "P-256",
      x: point.subarray(1, 33).toString("base64url"),
      y: point.subarray(33).toString("base64url"),
    },
    format: "jwk",
  });
  const isGenuine = verify(
    "sha256",
    Buffer.from(`${head}.${claims}`),
    { key, dsaEncoding: "ieee-p1363" },
    Buffer.from(signature, "base64url"),
  );
  expect(isGenuine).toBe(true);
});

test("one person's browsers: one that takes it is enough, and only when all are gone is the person", async () => {
  const urls = ["https://push.example/gone", "https://push.example/ok"];
  const [gone, ok] = urls.map((url) => browser(url).subscription);
  if (gone === undefined || ok === undefined) throw new Error("no browsers");
  const status = (url: string) => (url.endsWith("gone") ? 410 : 201);
  expect(await transport(answering(status)).send(push(gone, ok))).toMatchObject({ kind: "delivered" });
  expect(await transport(answering(status)).send(push(gone, gone))).toEqual({ kind: "gone", replyCode: 410 });
  expect(await transport(answering(() => 429)).send(push(ok))).toMatchObject({
    kind: "deferred",
    replyCode: 429,
  });
  expect(await transport(answering(() => 500)).send(push(ok))).toEqual({ kind: "reply_lost" });
});

test("an endpoint outside the push services, and keys that are none, are refused without a request", async () => {
  const fake = answering(() => 201);
  const inside = browser("https://169.254.169.254/latest").subscription;
  expect(await transport(fake, ["push.example"]).send(push(inside))).toMatchObject({ kind: "refused" });
  expect(
    await transport(fake, ["push.example"]).send(push(browser("https://evilpush.example/x").subscription)),
  ).toMatchObject({ kind: "refused" });
  expect(await transport(fake).send(push(browser("http://push.example/x").subscription))).toMatchObject({
    kind: "refused",
  });
  expect(
    await transport(fake).send(
      push({ endpoint: "https://push.example/x", keys: { p256dh: "AAAA", auth: "AA" } }),
    ),
  ).toMatchObject({ kind: "refused" });
  expect(fake.asked).toEqual([]);
});

test("a webhook is signed as Standard Webhooks say, with every secret while one is replaced", async () => {
  const fake = answering(() => 204);
  const secrets = [randomBytes(24), randomBytes(24)].map((bytes) => `whsec_${bytes.toString("base64")}`);
  const nowMs = Date.now();
  const sent = webhookTransport({ fetch: fake.fetch, clock: () => nowMs });
  const payload = `{"type":"notice","text":"ü"}`;
  const message = { endpoint: { url: "https://partner.example/hook", secrets }, id: "msg_1", payload };
  expect(await sent.send(message)).toEqual({ kind: "delivered", replyCode: 204 });
  const [asked] = fake.asked;
  const headers = Object.fromEntries(asked?.headers ?? []);
  for (const secret of secrets) {
    expect(new Webhook(secret).verify(payload, headers)).toEqual(JSON.parse(payload));
    const content = `msg_1.${Math.floor(nowMs / 1000)}.${payload}`;
    const mac = createHmac("sha256", Buffer.from(secret.slice(6), "base64"))
      .update(content)
      .digest("base64");
    expect(headers["webhook-signature"]?.split(" ")).toContain(`v1,${mac}`);
  }
  expect(
    await webhookTransport({ fetch: answering(() => 410).fetch, clock: () => nowMs }).send(message),
  ).toEqual({ kind: "gone", replyCode: 410 });
});
