import type { OutgoingMessage } from "@cordon/notices";

/** As long as a notice with an HTML part is. */
const bodyBytes = 20_700;

const body = `Subject: Overture: what happened and what you need to do\r\nMIME-Version: 1.0\r\nContent-Type: text/plain\r\n\r\n${"What happened, and what it means for you. \r\n".repeat(bodyBytes / 44)}`;

/** One person's message: the head is theirs, the body is everybody's. Both contenders send the very same. */
export function messageFor(ordinal: number): OutgoingMessage {
  const to = `u-${ordinal}@people.example`;
  const head = `From: Overture <security@overture.example>\r\nTo: ${to}\r\nMessage-ID: <${ordinal}@overture.example>\r\nDate: Tue, 27 May 2014 12:00:00 +0000\r\n`;
  return {
    from: "security@overture.example",
    to,
    bytes: Buffer.from(head + body, "latin1"),
    statements: "sha256:bench",
  };
}
