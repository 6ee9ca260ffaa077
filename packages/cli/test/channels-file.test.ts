import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { readChannels } from "../src/channels-file.ts";

let folder: string;
const secret = `whsec_${Buffer.alloc(32, 7).toString("base64")}`;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "cordon-channels-"));
  await writeFile(join(folder, "smtp.url"), "smtp://user:hidden@mail.example:587?tls=required\n");
  await writeFile(join(folder, "ses.json"), '{"accessKeyId":"AKIA","secretAccessKey":"hidden"}');
  await writeFile(join(folder, "broken.json"), '{"accessKeyId":"hidden"}');
  await writeFile(join(folder, "key"), "hidden\n");
  await writeFile(join(folder, "hook"), `${secret}\n`);
});
afterAll(() => rm(folder, { recursive: true }));

async function read(text: string): Promise<Awaited<ReturnType<typeof readChannels>>> {
  await writeFile(join(folder, "channels.yaml"), text);
  return readChannels(join(folder, "channels.yaml"), "/home/of/cordon");
}

test("channels are read with their secrets from files beside the document", async () => {
  const channels =
    await read(`email: { from: a@b.example, bounces: back@b.example, smtp: { urlFile: smtp.url } }
push: { subject: "mailto:a@b.example" }
webhooks: { partner: { url: "https://partner.example/in", secretFile: hook } }
returns: { dsn: { secretFile: key }, ses: { topics: ["arn:aws:sns:x"] }, webhook: { secretFile: [hook] } }
`);
  expect(channels).toEqual({
    mail: {
      from: "a@b.example",
      bounceAddress: "back@b.example",
      url: "smtp://user:hidden@mail.example:587?tls=required",
    },
    beside: {
      push: { subject: "mailto:a@b.example", subscriptions: "/home/of/cordon/push-subscriptions.jsonl" },
      webhooks: [
        {
          name: "partner",
          kind: "system",
          locale: "en",
          url: "https://partner.example/in",
          secrets: [secret],
        },
      ],
      returns: { sesTopics: ["arn:aws:sns:x"], dsnSecret: "hidden", webhookSecrets: [secret] },
    },
  });
});

test("Amazon SES and SparkPost stand in the mail server's place", async () => {
  const ses = "email: { from: a@b.example, ses: { region: eu-west-1, credentialsFile: ses.json } }";
  expect((await read(ses)).mail).toMatchObject({
    provider: { kind: "ses", options: { region: "eu-west-1", credentials: { accessKeyId: "AKIA" } } },
  });
  const sparkPost =
    'email: { from: a@b.example, sparkpost: { endpoint: "https://api.sparkpost.com", keyFile: key } }';
  expect((await read(sparkPost)).mail).toMatchObject({
    provider: { kind: "sparkpost", options: { apiKey: "hidden", endpoint: "https://api.sparkpost.com" } },
  });
});

test.each([
  ["email: { from: a@b.example }", "channels.yaml:1: not one way to send"],
  [
    "email:\n  from: a@b.example\n  smtp: { url: smtp://x }\n  sparkpost: { endpoint: https://x, keyFile: key }",
    "channels.yaml:4: not one way to send",
  ],
  ["push: { subject: nobody }", "channels.yaml:1: `nobody`, expected mailto:"],
  ["webhooks:\n  partner: { url: 'http://partner.example', secretFile: hook }", "channels.yaml:2: "],
  [
    "webhooks:\n  partner: { url: 'https://partner.example', secretFile: key }",
    "key:1: no secret of Standard Webhooks",
  ],
  [
    "email: { from: a@b.example, ses: { region: x, credentialsFile: broken.json } }",
    "broken.json:1: no credentials",
  ],
  ["email: { from: a@b.example, smtp: { url: smtp://x }, bounces: a+b@c.example }", "channels.yaml:1: "],
  ["pigeon: {}", "channels.yaml:1: unknown key `pigeon`"],
])("%j is wrong input, told in one line without a secret", async (text, expected) => {
  const error: unknown = await read(text).then(
    () => null,
    (thrown: unknown) => thrown,
  );
  const { message } = error as Error;
  expect(message).toContain(expected);
  expect(message).not.toMatch(/\n|hidden/);
});
