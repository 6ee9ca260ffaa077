import { sesTokenTag } from "../providers/ses-transport.ts";
import { NoticeError } from "../errors.ts";
import type { Returned } from "./apply-returns.ts";

/**
 * What an event of Amazon SES (the `Message` of an SNS notification) says of our message. A transient bounce is none: SES goes on trying,
 * or says `Permanent` in the end. Empty for events that change nothing (send, open, delay) and for messages without our tag.
 * Throws `ERR_NOTICE_RETURN`.
 */
export function returnsOfSesEvent(message: string): readonly Returned[] {
  const event = objectOf(parse(message));
  // Event publishing says `eventType`, feedback notifications say `notificationType`.
  const type = event["eventType"] ?? event["notificationType"];
  const [token] = listOf(objectOf(objectOf(event["mail"])["tags"])[sesTokenTag]);
  if (typeof token !== "string") return [];
  switch (type) {
    case "Delivery":
      return [{ token, kind: "confirmed", status: null }];
    case "Complaint":
      return [{ token, kind: "complained", status: null }];
    case "Bounce": {
      const bounce = objectOf(event["bounce"]);
      if (bounce["bounceType"] !== "Permanent") return [];
      const [first] = listOf(bounce["bouncedRecipients"]).map(objectOf);
      const status = first?.["status"];
      return [
        { token, kind: "bounced", status: typeof status === "string" && isStatus(status) ? status : null },
      ];
    }
    default:
      return [];
  }
}

function isStatus(text: string): boolean {
  return /^[245]\.\d{1,3}\.\d{1,3}$/.test(text);
}

function parse(message: string): unknown {
  try {
    return JSON.parse(message);
  } catch (error) {
    throw new NoticeError("ERR_NOTICE_RETURN", "the event of Amazon SES is no JSON", { cause: error });
  }
}

function objectOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? (value as Readonly<Record<string, unknown>>)
    : {};
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
