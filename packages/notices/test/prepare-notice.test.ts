import { expect, test } from "vitest";
import { prepareNotice, textPart, type Contact, type NoticeFacts } from "../src/index.ts";
import { reference } from "./support/example-facts.ts";

const salt = new Uint8Array(16).fill(5);
const person = { accountId: "u-3141", email: "reader@people.example", locale: "en-GB" } satisfies Contact;

function prepare(over: Partial<Parameters<typeof prepareNotice>[0]> = {}): ReturnType<typeof prepareNotice> {
  return prepareNotice({
    facts: reference,
    incidentId: "inc-1",
    edition: 1,
    affectedPlanned: 1,
    from: "Overture Security <security@overture.example>",
    salt,
    ...over,
  });
}

async function rendered(over?: Partial<Parameters<typeof prepareNotice>[0]>): Promise<string> {
  const prepared = await prepare(over);
  return Buffer.from(prepared.render("general", person, Date.UTC(2014, 4, 27, 12)).bytes).toString("latin1");
}

function headersOf(message: string): Map<string, string> {
  const head = message.slice(0, message.indexOf("\r\n\r\n")).replace(/\r\n[ \t]+/g, " ");
  return new Map(
    head.split("\r\n").map((line) => [line.slice(0, line.indexOf(":")), line.slice(line.indexOf(":") + 2)]),
  );
}

/** RFC 2045 6.7. */
function decodeQuotedPrintable(text: string): string {
  const bytes = text
    .replace(/=\r\n/g, "")
    .replace(/=([0-9A-F]{2})/g, (_all, hex: string) => String.fromCharCode(parseInt(hex, 16)));
  return Buffer.from(bytes, "latin1").toString("utf8");
}

test("a message carries each header once, and none that invites to unsubscribe or to answer by itself", async () => {
  const message = await rendered();
  const names = message
    .slice(0, message.indexOf("\r\n\r\n"))
    .split("\r\n")
    .filter((line) => !/^[ \t]/.test(line))
    .map((line) => line.slice(0, line.indexOf(":")).toLowerCase());
  expect(names.toSorted()).toEqual([
    "auto-submitted",
    "content-language",
    "content-type",
    "date",
    "from",
    "message-id",
    "mime-version",
    "subject",
    "to",
  ]);
  expect(Object.fromEntries(headersOf(message))).toMatchObject({
    To: "reader@people.example",
    From: "Overture Security <security@overture.example>",
    Subject: "Overture: about a security incident [CRD-2014-1]",
    Date: "Tue, 27 May 2014 12:00:00 +0000",
    "Auto-Submitted": "auto-generated",
  });
});

test("the message is ASCII with CRLF line ends and short lines, and its text part decodes to the text", async () => {
  const message = await rendered();
  expect(message).toMatch(/^[\x20-\x7e\r\n\t]*$/);
  expect(message.replaceAll("\r\n", "")).not.toMatch(/[\r\n]/);
  expect(Math.max(...message.split("\r\n").map((line) => line.length))).toBeLessThanOrEqual(78);
  const [, boundary] = /boundary="([^"]+)"/.exec(message) ?? [];
  const [, text, html] = message.split(`--${boundary}`);
  const bodyOf = (part: string | undefined): string =>
    decodeQuotedPrintable((part ?? "").slice((part ?? "").indexOf("\r\n\r\n") + 4)).replaceAll("\r\n", "\n");
  const { composed } = await prepare();
  expect(bodyOf(text).trimEnd()).toBe(textPart(composed.general).trimEnd());
  expect(bodyOf(text)).toContain("Åsa Lindqvist");
  expect(bodyOf(html)).toContain("<li>Please quote this reference: CRD-2014-1</li>");
});

test("the Message-ID is always the same for one person, another for each other, and holds no personal data", async () => {
  const idOf = async (
    over: Partial<Parameters<typeof prepareNotice>[0]>,
    contact: Contact = person,
  ): Promise<string> => {
    const prepared = await prepare(over);
    const { bytes } = prepared.render("general", { ...contact, email: "reader@people.example" }, 0);
    return headersOf(Buffer.from(bytes).toString("latin1")).get("Message-ID") ?? "";
  };
  const id = await idOf({});
  expect(id).toMatch(/^<[0-9a-f]{32}@overture\.example>$/);
  expect(await idOf({})).toBe(id);
  const others = await Promise.all([
    idOf({ incidentId: "inc-2" }),
    idOf({ edition: 2 }),
    idOf({ salt: new Uint8Array(16).fill(6) }),
    idOf({}, { ...person, accountId: "u-3142" }),
  ]);
  expect(new Set([id, ...others]).size).toBe(5);
  expect(id).not.toContain("3141");
});

test("the digest binds the texts and nothing that differs from person to person", async () => {
  const first = await prepare();
  expect((await prepare({ salt: new Uint8Array(16) })).digest).toBe(first.digest);
  const other: NoticeFacts = { ...reference, nextUpdate: null };
  expect((await prepare({ facts: other })).digest).not.toBe(first.digest);
});

test("names outside ASCII are encoded in the headers", async () => {
  const message = await rendered({
    facts: { ...reference, service: "Ouvertüre 音楽" },
    from: "Ouvertüre <s@o.example>",
  });
  expect(message).toMatch(/^[\x20-\x7e\r\n\t]*$/);
  expect(headersOf(message).get("From")).toMatch(/^=\?UTF-8\?/i);
  expect(headersOf(message).get("Subject")).toMatch(/=\?UTF-8\?/i);
});

test.each(["a@b.example\r\nBcc: all@x.example", "a@b.example, c@d.example", "zo\u00eb@b.example", ""])(
  "the address `%s` gets no message",
  async (email) => {
    const prepared = await prepare();
    expect(() => prepared.render("general", { ...person, email }, 0)).toThrow(
      expect.objectContaining({ code: "ERR_NOTICE_ADDRESS" }),
    );
  },
);

test.each([
  "Overture",
  "a@b.example, c@d.example",
  "Overture\r\nBcc: all@x.example <a@b.example>",
  "Friends: a@b.example;",
])("the sender `%s` is refused", async (from) => {
  await expect(prepare({ from })).rejects.toThrow(expect.objectContaining({ code: "ERR_NOTICE_ADDRESS" }));
});

test("a fact that would start a new header is refused before anything is encoded", async () => {
  await expect(prepare({ facts: { ...reference, reference: "x\r\nBcc: all@x.example" } })).rejects.toThrow(
    expect.objectContaining({ code: "ERR_NOTICE_FACTS" }),
  );
});

test("an address that was replaced since the window began is written to as well, and neither is told the other", async () => {
  const prepared = await prepare();
  const message = prepared.render(
    "general",
    { ...person, formerEmails: ["old@people.example", person.email] },
    0,
  );
  expect(message).toMatchObject({ to: person.email, alsoTo: ["old@people.example"] });
  const text = Buffer.from(message.bytes).toString("latin1");
  expect(headersOf(text).get("To")).toBe("undisclosed-recipients:;");
  expect(text).not.toContain("@people.example");
});

test.each([
  ["a homograph of a domain", "reader@ex\u0430mple.org"],
  ["a full-width sign", "reader\uff20people.example"],
  ["a line break in a former address", "old@people.example\r\nBcc: x@y.example"],
  ["an oversized former address", `${"a".repeat(65)}@people.example`],
])("%s is no address: nothing goes there, and the message goes to the other one", async (_what, former) => {
  const prepared = await prepare();
  const { to, alsoTo } = prepared.render("general", { ...person, formerEmails: [former] }, 0);
  expect([to, alsoTo]).toEqual([person.email, undefined]);
});

test("each person is written to in their own language, and somebody whose language nobody decided on is not", async () => {
  const prepared = await prepare({ fallbacks: { sv: "de" } });
  const languageOf = (locale: string | null): string => {
    const { bytes } = prepared.render("general", { ...person, locale }, 0);
    return headersOf(Buffer.from(bytes).toString("latin1")).get("Content-Language") ?? "";
  };
  expect(["de-AT", "pt", "ar-EG", "sv-SE", null].map(languageOf)).toEqual(["de", "pt-BR", "ar", "de", "en"]);
  expect(() => languageOf("nb-NO")).toThrow(expect.objectContaining({ code: "ERR_NOTICE_ADDRESS" }));
});

test("a person with two duties gets one message that tells both, with the store that they have the app from", async () => {
  const prepared = await prepare();
  const duties = [
    { measure: 1, store: null },
    { measure: 2, store: "google-play" },
    { measure: 3, store: null },
  ];
  const said = textPart(prepared.compose("general", { ...person, duties })).replace(/\s+/g, " ");
  expect(said).toContain("You will be asked to sign in again over the next 3 days.");
  expect(said).toContain(
    "you use the app from Google Play in a version below 1.1.0: please update it from there",
  );
  expect(said).toContain("Your offline content has to be downloaded again");
  expect(said).not.toContain("the Amazon Appstore: the update");
  expect(said).not.toContain("there is nothing that you need to do");
  const nothing = textPart(prepared.compose("general", { ...person, duties: [] })).replace(/\s+/g, " ");
  expect(nothing).toContain("there is nothing that you need to do, unless something below meets you");
});
