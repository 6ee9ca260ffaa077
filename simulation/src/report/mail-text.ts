/** One received mail as a reader sees it. */
export interface MailText {
  readonly subject: string;
  /** `Content-Language`; left out where there is none. */
  readonly language?: string;
  /** Each part that people read (plain text, HTML without its tags), as one line of sentences. */
  readonly parts: readonly string[];
}

/** Reads a message (RFC 5322, MIME) as it came over the wire, one latin1 character a byte. */
export function readMail(message: string): MailText {
  const { headers, body } = split(message);
  const subject = decodeWords(headers.get("subject") ?? "");
  const language = headers.get("content-language");
  return { subject, ...(language === undefined ? {} : { language }), parts: readParts(headers, body) };
}

function readParts(headers: ReadonlyMap<string, string>, body: string): string[] {
  const type = headers.get("content-type") ?? "text/plain";
  const boundary = /boundary="?([^";]+)"?/i.exec(type)?.[1];
  if (/^multipart\//i.test(type) && boundary !== undefined) {
    const inner = body.split(`--${boundary}`).slice(1, -1);
    return inner.flatMap((part) => {
      const { headers: own, body: text } = split(part.replace(/^\r\n/, ""));
      return readParts(own, text);
    });
  }
  const text = decodeBody(body, headers.get("content-transfer-encoding") ?? "7bit");
  if (/^text\/html/i.test(type)) return [oneLine(withoutTags(text))];
  return /^text\//i.test(type) ? [oneLine(text)] : [];
}

function split(message: string): { headers: ReadonlyMap<string, string>; body: string } {
  const end = message.indexOf("\r\n\r\n");
  const head = (end === -1 ? message : message.slice(0, end)).replace(/\r\n[ \t]+/g, " ");
  const headers = new Map<string, string>();
  for (const line of head.split("\r\n")) {
    const colon = line.indexOf(":");
    if (colon > 0) headers.set(line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim());
  }
  return { headers, body: end === -1 ? "" : message.slice(end + 4) };
}

function decodeBody(body: string, encoding: string): string {
  switch (encoding.toLowerCase()) {
    case "base64":
      return Buffer.from(body, "base64").toString("utf8");
    case "quoted-printable":
      return Buffer.from(unquote(body.replace(/=[ \t]*\r\n/g, "")), "latin1").toString("utf8");
    default:
      return Buffer.from(body, "latin1").toString("utf8");
  }
}

function unquote(text: string): string {
  return text.replace(/=([0-9A-Fa-f]{2})/g, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
}

/** RFC 2047 encoded words. */
function decodeWords(text: string): string {
  return text
    .replace(/\?=\s+=\?/g, "?==?")
    .replace(/=\?[^?]+\?([bBqQ])\?([^?]*)\?=/g, (_, kind: string, word: string) => {
      const bytes =
        kind.toLowerCase() === "b"
          ? Buffer.from(word, "base64")
          : Buffer.from(unquote(word.replaceAll("_", " ")), "latin1");
      return bytes.toString("utf8");
    });
}

const entities: Readonly<Record<string, string>> = {
  "&lt;": "<",
  "&gt;": ">",
  "&quot;": '"',
  "&#39;": "'",
  "&amp;": "&",
};

function withoutTags(html: string): string {
  return html
    .replace(/<head>[\s\S]*?<\/head>/i, " ")
    .replace(/<[^>]*>/g, " ")
    .replace(/&(?:lt|gt|quot|amp|#39);/g, (entity) => entities[entity] ?? entity);
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, " ").trim();
}
