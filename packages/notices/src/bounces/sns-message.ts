import { createVerify, X509Certificate } from "node:crypto";
import { NoticeError } from "../errors.ts";

/** A message of Amazon SNS as it is posted to an endpoint. */
export type SnsMessage = {
  readonly type: "Notification" | "SubscriptionConfirmation" | "UnsubscribeConfirmation";
  readonly messageId: string;
  readonly topicArn: string;
  readonly message: string;
  readonly timestamp: string;
  /** To be visited once by whoever agrees to the subscription. */
  readonly subscribeUrl: string | null;
};

/** Certificates lie with Amazon and nowhere else: an address from outside must not choose who vouches for the message. */
const certificateUrl =
  /^https:\/\/sns\.[a-z0-9-]{3,30}\.amazonaws\.com(?:\.cn)?\/SimpleNotificationService-[A-Za-z0-9]{1,64}\.pem$/;

export type SnsTrust = {
  /** Topics that are expected; a message of another is refused, for everybody can have one. */
  readonly topicArns: readonly string[];
  /** The PEM behind an address of Amazon's; kept by the caller. */
  readonly certificate: (url: string) => Promise<string>;
};

/**
 * Reads and verifies an SNS message: version 1 (SHA-1) and 2 (SHA-256) over the fields that Amazon names, in their order.
 * Throws `ERR_NOTICE_RETURN`.
 */
export async function readSnsMessage(body: string, trust: SnsTrust): Promise<SnsMessage> {
  const fields = parse(body);
  const text = (name: string): string => {
    const value = fields[name];
    if (typeof value === "string" && value !== "") return value;
    return refuse(`has no \`${name}\``);
  };
  const type = text("Type");
  if (type !== "Notification" && type !== "SubscriptionConfirmation" && type !== "UnsubscribeConfirmation")
    return refuse("is of an unknown type");
  const topicArn = text("TopicArn");
  if (!trust.topicArns.includes(topicArn)) return refuse("is of a topic that is not expected");
  const url = text("SigningCertURL");
  if (!certificateUrl.test(url)) return refuse("names a certificate that is not Amazon's");
  const version = text("SignatureVersion");
  if (version !== "1" && version !== "2") return refuse("is signed in an unknown way");
  const signed =
    type === "Notification"
      ? [
          "Message",
          "MessageId",
          ...(fields["Subject"] === undefined ? [] : ["Subject"]),
          "Timestamp",
          "TopicArn",
          "Type",
        ]
      : ["Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type"];
  const input = signed.map((name) => `${name}\n${text(name)}\n`).join("");
  const key = new X509Certificate(await trust.certificate(url)).publicKey;
  const isGenuine = createVerify(version === "1" ? "RSA-SHA1" : "RSA-SHA256")
    .update(input, "utf8")
    .verify(key, Buffer.from(text("Signature"), "base64"));
  if (!isGenuine) return refuse("has a signature that does not hold");
  return {
    type,
    messageId: text("MessageId"),
    topicArn,
    message: text("Message"),
    timestamp: text("Timestamp"),
    subscribeUrl: type === "Notification" ? null : text("SubscribeURL"),
  };
}

function parse(body: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(body);
    if (typeof value === "object" && value !== null && !Array.isArray(value))
      return value as Readonly<Record<string, unknown>>;
  } catch {
    // Said below.
  }
  return refuse("is no JSON object");
}

function refuse(what: string): never {
  throw new NoticeError("ERR_NOTICE_RETURN", `the SNS message ${what}`);
}
