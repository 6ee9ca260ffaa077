import * as mimeFuncs from "nodemailer/lib/mime-funcs";
import * as qp from "nodemailer/lib/qp";

/** RFC 5322 2.1.1 recommends it, RFC 2047 2 demands it of encoded words. */
const headerLineMax = 76;

type MessageToEncode = {
  readonly from: { readonly name: string; readonly address: string };
  readonly subject: string;
  readonly locale: string;
  readonly text: string;
  readonly html: string;
  /** Letters and digits: must not occur in the parts, which quoted-printable rules out for a line that begins with `--`. */
  readonly boundary: string;
};

/**
 * A message without To, Message-ID and Date, in ASCII with CRLF (RFC 5322, 2045, 2046, 2047). RFC 3834: `Auto-Submitted`, so
 * that no vacation reply comes. No List-Unsubscribe: nobody subscribed to it.
 */
export function encodeMessage({ from, subject, locale, text, html, boundary }: MessageToEncode): string {
  const mark = `cordon-${boundary}=`;
  const lines = [
    header("From", `${phrase(from.name)}${from.address === "" ? "" : `<${from.address}>`}`),
    header("Subject", encodedWords(subject)),
    "Auto-Submitted: auto-generated",
    `Content-Language: ${locale}`,
    "MIME-Version: 1.0",
    `Content-Type: multipart/alternative;\r\n boundary="${mark}"`,
    "",
    ...part("text/plain", text, mark),
    ...part("text/html", html, mark),
    `--${mark}--`,
    "",
  ];
  return lines.join("\r\n");
}

function part(type: string, content: string, mark: string): string[] {
  // RFC 5322 2.3: lines end in CRLF.
  const encoded = qp.wrap(qp.encode(Buffer.from(content.replaceAll("\n", "\r\n"), "utf8")), 76);
  return [
    `--${mark}`,
    `Content-Type: ${type}; charset=utf-8`,
    "Content-Transfer-Encoding: quoted-printable",
    "",
    encoded,
  ];
}

function header(name: string, value: string): string {
  return mimeFuncs.foldLines(`${name}: ${value}`, headerLineMax);
}

/** RFC 5322 3.2.3: a display name as it stands where it is plain, in quotes or as encoded words otherwise. */
function phrase(name: string): string {
  if (name === "") return "";
  if (/^[\w !#$%&'*+/=?^`{|}~-]+$/.test(name)) return `${name} `;
  if (/^[\x20-\x7e]+$/.test(name)) return `"${name.replace(/(["\\])/g, "\\$1")}" `;
  return `${encodedWords(name)} `;
}

function encodedWords(text: string): string {
  if (/^[\x20-\x7e]*$/.test(text) && !text.includes("=?")) return text;
  return mimeFuncs.encodeWord(text, "B", 52);
}
