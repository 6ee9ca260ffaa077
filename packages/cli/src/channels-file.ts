import path from "node:path";
import {
  locales,
  type ChannelsOrigin,
  type MailOrigin,
  type MailProvider,
  type PushOrigin,
  type ReturnsOrigin,
  type WebhookReceiver,
} from "@cordon/control-plane";
import { isJsonObject } from "@cordon/model";
import { CliError } from "./cli-error.ts";
import { ConfigFields } from "./gate/config-fields.ts";
import { readInputText } from "./input-file.ts";
import { readYamlDocument } from "./yaml-document.ts";

const secretBytesMax = 16_384;
const receiversMax = 100;
const loopbackNames = new Set(["127.0.0.1", "localhost", "[::1]"]);
const receiverName = /^[a-z0-9][a-z0-9._-]{0,63}$/;

/** A secret's file: read once the document has been checked. */
type Secret = { readonly file: string; readonly what: string };

/** What `cordon serve --channels` says. `mail` is null where the file has no `email`. */
interface Channels {
  readonly mail: MailOrigin | null;
  readonly beside: ChannelsOrigin;
}

/**
 * `email`, `push`, `webhooks` and `returns` of a YAML file: docs/operate/channels.md. Secrets stand in files of their own, relative to it. Throws
 * a CliError with file and line.
 */
export async function readChannels(file: string, home: string): Promise<Channels> {
  const document = await readYamlDocument(file);
  const folder = path.dirname(file);
  const read = document.check((value) => {
    const config = new ConfigFields(value, [], (at) => document.sourceAt(at));
    const parsed = {
      email: config.has("email") ? emailOf(config.mapping("email")) : null,
      push: config.has("push") ? pushOf(config.mapping("push"), folder, home) : null,
      webhooks: config.has("webhooks") ? receiversOf(config.mapping("webhooks")) : [],
      returns: config.has("returns") ? returnsOf(config.mapping("returns")) : null,
    };
    config.finish();
    return parsed;
  });
  const text = async ({ file: name, what }: Secret): Promise<string> =>
    (await readInputText(path.resolve(folder, name), secretBytesMax, what)).trim();
  const webhooks: WebhookReceiver[] = [];
  for (const { secretFiles, ...receiver } of read.webhooks) {
    const secrets = await Promise.all(secretFiles.map(text));
    secrets.forEach((secret, n) => requireSigning(secret, secretFiles[n]?.file ?? ""));
    webhooks.push({ ...receiver, secrets });
  }
  return {
    mail: read.email === null ? null : await read.email(text),
    beside: {
      ...(read.push === null ? {} : { push: read.push }),
      webhooks,
      returns: read.returns === null ? {} : await read.returns(text),
    },
  };
}

type Reading<T> = (text: (secret: Secret) => Promise<string>) => Promise<T>;

function emailOf(config: ConfigFields): Reading<MailOrigin> {
  const from = config.text("from");
  const bounceAddress = config.optionalText("bounces");
  if (bounceAddress !== null && !/^[^\s@+<>]+@[^\s@<>]+$/.test(bounceAddress))
    throw config.fault("bounces", `\`${bounceAddress}\``, "an address without `+`");
  const ways = ["smtp", "ses", "sparkpost"] as const;
  const given = ways.filter((way) => config.has(way));
  const [way] = given;
  if (way === undefined || given.length > 1)
    throw config.fault(given[1] ?? "from", "not one way to send", "one of smtp, ses, sparkpost");
  const read = wayOf(config.mapping(way), way);
  config.finish();
  const terms = { from, ...(bounceAddress === null ? {} : { bounceAddress }) };
  return async (text) => ({ ...terms, ...(await read(text)) });
}

function wayOf(
  config: ConfigFields,
  way: "smtp" | "ses" | "sparkpost",
): Reading<{ readonly url: string } | { readonly provider: MailProvider }> {
  switch (way) {
    case "smtp": {
      const url = config.optionalText("url");
      const file = url === null ? config.text("urlFile") : null;
      config.finish();
      return async (text) => ({
        url: file === null ? (url ?? "") : await text({ file, what: "the mail server's URL" }),
      });
    }
    case "ses": {
      const region = config.text("region");
      const configurationSet = config.optionalText("configurationSet");
      const endpoint = config.has("endpoint") ? urlIn(config, "endpoint") : null;
      const file = config.text("credentialsFile");
      config.finish();
      return async (text) => ({
        provider: {
          kind: "ses",
          options: {
            region,
            configurationSet,
            credentials: credentialsIn(await text({ file, what: "the credentials of Amazon SES" }), file),
            ...(endpoint === null ? {} : { endpoint }),
          },
        },
      });
    }
    case "sparkpost": {
      const endpoint = urlIn(config, "endpoint");
      const file = config.text("keyFile");
      config.finish();
      return async (text) => ({
        provider: {
          kind: "sparkpost",
          options: { endpoint, apiKey: await text({ file, what: "SparkPost's key" }) },
        },
      });
    }
  }
}

function credentialsIn(
  text: string,
  file: string,
): { readonly accessKeyId: string; readonly secretAccessKey: string; readonly sessionToken?: string } {
  let value: unknown = null;
  try {
    value = JSON.parse(text);
  } catch {
    // Said below, without the text.
  }
  const { accessKeyId, secretAccessKey, sessionToken } = isJsonObject(value) ? value : {};
  if (typeof accessKeyId === "string" && typeof secretAccessKey === "string") {
    return {
      accessKeyId,
      secretAccessKey,
      ...(typeof sessionToken === "string" ? { sessionToken } : {}),
    };
  }
  throw new CliError(
    "ERR_CLI_DOCUMENT",
    `${file}:1: no credentials, expected JSON with \`accessKeyId\` and \`secretAccessKey\``,
  );
}

function pushOf(config: ConfigFields, folder: string, home: string): PushOrigin {
  const subject = config.text("subject");
  if (!/^(mailto:[^\s@]+@[^\s@]+|https:\/\/\S+)$/.test(subject))
    throw config.fault("subject", `\`${subject}\``, "mailto:ADDRESS or an https URL");
  const file = config.optionalText("subscriptions");
  const hosts = config.has("hosts") ? config.texts("hosts") : null;
  const perSecond = config.has("perSecond") ? config.wholeNumber("perSecond", 1, 1_000_000) : null;
  config.finish();
  return {
    subject,
    subscriptions: file === null ? path.join(home, "push-subscriptions.jsonl") : path.resolve(folder, file),
    ...(hosts === null ? {} : { hosts }),
    ...(perSecond === null ? {} : { perSecond }),
  };
}

function receiversOf(
  config: ConfigFields,
): (Omit<WebhookReceiver, "secrets"> & { readonly secretFiles: readonly Secret[] })[] {
  const receivers = config.keys().map((name) => {
    const one = config.mapping(name);
    if (!receiverName.test(name)) throw config.fault(name, `\`${name}\` is no name`, "1–64 of a-z 0-9 . _ -");
    const receiver = {
      name,
      url: urlIn(one, "url"),
      kind: one.has("kind") ? one.oneOf("kind", ["system", "press", "support"]) : ("system" as const),
      locale: one.has("locale") ? one.oneOf("locale", locales) : "en",
      secretFiles: one.texts("secretFile").map((file) => ({ file, what: "the webhook's secret" })),
    };
    one.finish();
    return receiver;
  });
  if (receivers.length > receiversMax)
    throw config.fault(receivers[receiversMax]?.name ?? "", "too many receivers", `at most ${receiversMax}`);
  config.finish();
  return receivers;
}

function returnsOf(config: ConfigFields): Reading<ReturnsOrigin> {
  const within = <T>(key: string, read: (mapping: ConfigFields) => T): T | null => {
    if (!config.has(key)) return null;
    const mapping = config.mapping(key);
    const found = read(mapping);
    mapping.finish();
    return found;
  };
  const secrets = (mapping: ConfigFields) =>
    mapping.texts("secretFile").map((file) => ({ file, what: "the secret" }));
  const topics = within("ses", (mapping) => mapping.texts("topics"));
  const sparkPost = within("sparkpost", secrets);
  const dsn = within("dsn", secrets);
  const webhook = within("webhook", secrets);
  config.finish();
  return async (text) => {
    const [sparkPostSecret] = await Promise.all((sparkPost ?? []).map(text));
    const [dsnSecret] = await Promise.all((dsn ?? []).map(text));
    const webhookSecrets = await Promise.all((webhook ?? []).map(text));
    webhookSecrets.forEach((secret, n) => requireSigning(secret, webhook?.[n]?.file ?? ""));
    return {
      ...(topics === null ? {} : { sesTopics: topics }),
      ...(sparkPostSecret === undefined ? {} : { sparkPostSecret }),
      ...(dsnSecret === undefined ? {} : { dsnSecret }),
      ...(webhook === null ? {} : { webhookSecrets }),
    };
  };
}

/** Standard Webhooks: `whsec_` and base64 of 24 to 64 bytes. */
function requireSigning(secret: string, file: string): void {
  const [, base64] = /^whsec_([A-Za-z0-9+/]+={0,2})$/.exec(secret) ?? [];
  const bytes = base64 === undefined ? 0 : Buffer.from(base64, "base64").byteLength;
  if (bytes >= 24 && bytes <= 64) return;
  throw new CliError(
    "ERR_CLI_DOCUMENT",
    `${file}:1: no secret of Standard Webhooks, expected \`whsec_\` and base64 of 24 to 64 bytes`,
  );
}

function urlIn(config: ConfigFields, key: string): string {
  const text = config.text(key);
  const url = URL.parse(text);
  const isUsable =
    url?.protocol === "https:" || (url?.protocol === "http:" && loopbackNames.has(url.hostname));
  if (isUsable && url.username === "" && url.password === "") return text;
  throw config.fault(key, `\`${text}\``, "an https URL (http on this machine alone)");
}
