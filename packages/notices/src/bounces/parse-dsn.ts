import { noticeOfToken, tokenOfReturnPath } from "./return-token.ts";

/** What a delivery status notification (RFC 3464) says of one recipient. */
export type DsnRecipient = {
  readonly action: "failed" | "delayed" | "delivered" | "relayed" | "expanded";
  /** RFC 3463; null when it is malformed. */
  readonly status: string | null;
};

export type DeliveryStatus = {
  /** From the return path it came back to; null when there is none: nobody knows then whom it is about. */
  readonly token: string | null;
  /** The Message-ID of what it speaks of, where it says so. */
  readonly originalMessageId: string | null;
  readonly recipients: readonly DsnRecipient[];
};

/** A bounce is small; whatever is larger is not read. */
export const dsnBytesMax = 1_000_000;
const recipientsMax = 100;
const actions = ["failed", "delayed", "delivered", "relayed", "expanded"] as const;

/**
 * Reads a DSN as it lies in a mailbox. Null for any other message: an automatic reply is no bounce, whatever its text says. What it says
 * is the sender's word: only the token, which nobody can make up, tells whom it is about.
 */
export function parseDsn(bytes: Uint8Array): DeliveryStatus | null {
  if (bytes.byteLength > dsnBytesMax) return null;
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    .toString("latin1")
    .replaceAll("\r\n", "\n");
  const message = entity(text);
  const [type, parameters] = splitType(message.headers.get("content-type"));
  if (type !== "multipart/report" || !/report-type\s*=\s*"?delivery-status/i.test(parameters)) return null;
  const boundary = /boundary\s*=\s*(?:"([^"]{1,200})"|([^\s;"]{1,200}))/i.exec(parameters);
  const mark = boundary?.[1] ?? boundary?.[2];
  if (mark === undefined) return null;
  const parts = partsOf(message.body, mark);
  const report = parts.find(({ headers }) => {
    const [kind] = splitType(headers.get("content-type"));
    return kind === "message/delivery-status" || kind === "message/global-delivery-status";
  });
  if (report === undefined) return null;
  const original = parts.find(({ headers }) =>
    /^(?:message\/rfc822|text\/rfc822-headers)/i.test(headers.get("content-type") ?? ""),
  );
  return {
    token: tokenOf(message.headers),
    originalMessageId: original === undefined ? null : (headersOf(original.body).get("message-id") ?? null),
    recipients: recipientsOf(report.body),
  };
}

type Entity = { readonly headers: ReadonlyMap<string, string>; readonly body: string };

function entity(text: string): Entity {
  const end = text.startsWith("\n") ? 0 : text.indexOf("\n\n");
  if (end < 0) return { headers: headersOf(text), body: "" };
  return { headers: headersOf(text.slice(0, end)), body: text.slice(end + 2) };
}

/** Fields by name in lower case, unfolded; the first of a name counts. */
function headersOf(text: string): ReadonlyMap<string, string> {
  const headers = new Map<string, string>();
  const end = text.indexOf("\n\n");
  for (const line of (end < 0 ? text : text.slice(0, end)).replace(/\n[ \t]+/g, " ").split("\n")) {
    const colon = line.indexOf(":");
    if (colon <= 0) continue;
    const name = line.slice(0, colon).trim().toLowerCase();
    if (!headers.has(name)) headers.set(name, line.slice(colon + 1).trim());
  }
  return headers;
}

function splitType(value: string | undefined): readonly [string, string] {
  const semicolon = (value ?? "").indexOf(";");
  if (value === undefined) return ["", ""];
  return semicolon < 0
    ? [value.trim().toLowerCase(), ""]
    : [value.slice(0, semicolon).trim().toLowerCase(), value.slice(semicolon + 1)];
}

function partsOf(body: string, mark: string): readonly Entity[] {
  return `\n${body}`
    .split(`\n--${mark}`)
    .slice(1)
    .filter((part) => !part.startsWith("--"))
    .map((part) => entity(part.slice(part.indexOf("\n") + 1)));
}

/** RFC 3464 2.1: fields of the message, then, after a blank line, those of each recipient. */
function recipientsOf(body: string): readonly DsnRecipient[] {
  const groups = body.split(/\n{2,}/).slice(0, recipientsMax);
  return groups.flatMap((group) => {
    const fields = headersOf(group.trim());
    const action = actions.find((one) => one === fields.get("action")?.split(/[\s;]/)[0]?.toLowerCase());
    if (action === undefined) return [];
    const [status = null] = /^[245]\.\d{1,3}\.\d{1,3}/.exec(fields.get("status") ?? "") ?? [];
    return [{ action, status }];
  });
}

/** Where the return path stands once the bounce lies in a mailbox: what the last server wrote first, then what others say. */
function tokenOf(headers: ReadonlyMap<string, string>): string | null {
  for (const name of ["x-original-to", "delivered-to", "envelope-to", "to"]) {
    const value = headers.get(name);
    if (value === undefined) continue;
    const address = /<([^<>]*)>/.exec(value)?.[1] ?? value;
    const token = tokenOfReturnPath(address.trim());
    if (token !== null && noticeOfToken(token) !== null) return token;
  }
  return null;
}
