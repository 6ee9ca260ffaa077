import fc from "fast-check";
import { XMLParser } from "fast-xml-parser";
import { expect, test } from "vitest";
import {
  advisoryFiles,
  composeAuthorityForm,
  composeGeneral,
  composePress,
  composeSupportScript,
  csafDocument,
  inAppMessages,
  languageOf,
  locales,
  pushPayload,
  pushPayloadBytesMax,
  statementsOf,
  textPart,
  webhookEvent,
  wordNotice,
  type Advisory,
  type NoticeFacts,
} from "../src/index.ts";
import { facts } from "./support/arbitrary-facts.ts";
import { csafFaults } from "./support/csaf-faults.ts";
import { exactlyOne, reference } from "./support/example-facts.ts";

const ranged: NoticeFacts = {
  ...reference,
  claims: [
    {
      ...exactlyOne,
      people: { kind: "between", atLeast: 4217, atMost: 9_031_557, named: 0 },
      coverageComplete: false,
    },
  ],
};

function advisory(sheet: NoticeFacts): Advisory {
  return {
    editions: [{ facts: sheet, edition: 1, affectedPlanned: 1 }],
    baseUrl: "https://overture.example/security/",
    newVersionPicture: "https://overture.example/new.png",
  };
}

function fileOf(sheet: NoticeFacts, path: string): string {
  return advisoryFiles(advisory(sheet)).find((file) => file.path === path)?.content ?? "";
}

/** Everything that a channel says, by channel and language. */
function said(sheet: NoticeFacts): Map<string, string> {
  const texts = new Map<string, string>();
  const files = new Map(advisoryFiles(advisory(sheet)).map(({ path, content }) => [path, content]));
  for (const locale of locales) {
    const language = languageOf(locale);
    const word = (composition: ReturnType<typeof composePress>) =>
      textPart(wordNotice(composition, language));
    texts.set(`e-mail ${locale}`, word(composeGeneral(sheet, 1)));
    texts.set(`support ${locale}`, word(composeSupportScript(sheet, 1)));
    texts.set(`authority ${locale}`, word(composeAuthorityForm(sheet, 1)));
    texts.set(`push ${locale}`, pushPayload(sheet, language).body);
    texts.set(`press ${locale}`, files.get(`${locale}/press.txt`) ?? "");
    texts.set(`page ${locale}`, plain(files.get(`${locale}/index.html`) ?? ""));
    const feed = parser.parse(files.get(`${locale}/feed.atom`) ?? "") as {
      feed: { entry: { content: string }[] };
    };
    texts.set(`atom ${locale}`, plain(textOf(feed.feed.entry[0]?.content)));
  }
  texts.set("csaf en", JSON.stringify(csafDocument(advisory(sheet))));
  return texts;
}

const parser = new XMLParser({
  ignoreAttributes: false,
  isArray: (name) => name === "entry" || name === "link",
});

function textOf(value: unknown): string {
  return typeof value === "string" ? value : (value as { "#text": string })["#text"];
}

function plain(html: string): string {
  return html
    .replace(/<[^>]*>/g, " ")
    .replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">")
    .replaceAll("&quot;", '"')
    .replaceAll("&#39;", "'")
    .replaceAll("&amp;", "&");
}

/** Whole numbers from a thousand on, without years: the figures that could differ. */
function figures(text: string): Set<number> {
  const joined = text.replace(/(?<=\d)[.,\u00a0\u202f ](?=\d{3}(?!\d))/g, "");
  const numbers = [...joined.matchAll(/(?<![\d.:/-])\d{4,}(?![\d:/-])/g)].map((match) => Number(match[0]));
  return new Set(numbers.filter((number) => number !== 2014));
}

test("the same figures are said in every channel and language", () => {
  for (const [channel, text] of said(ranged)) {
    expect([channel, [...figures(text)].toSorted((a, b) => a - b)]).toEqual([channel, [4217, 9_031_557]]);
  }
});

test("what was not accessed, and that no new password is needed, is said in every channel and language that names data", () => {
  const texts = said(reference);
  for (const locale of locales) {
    const language = languageOf(locale);
    const password = language.dataClass("user.authorization.password");
    const payment = language.dataClass("user.payment");
    const negative = language.label("notAccessed", { list: { word: language.list([password, payment]) } });
    const calm = [language.label("noNewPassword"), language.label("pressNoNewPassword")];
    for (const [channel, text] of texts) {
      if (!channel.endsWith(` ${locale}`)) continue;
      const line = text.replace(/\s+/g, " ");
      if (!channel.startsWith("push"))
        expect([channel, line]).toEqual([channel, expect.stringContaining(negative.replace(/\s+/g, " "))]);
      if (channel.startsWith("csaf")) continue;
      expect([channel, calm.some((one) => line.includes(one.replace(/\s+/g, " ")))]).toEqual([channel, true]);
    }
  }
});

test("no channel says that no new password is needed while somebody is asked for one, or while it may have been accessed", () => {
  const asked: NoticeFacts = {
    ...reference,
    measures: [
      {
        measure: "change_password",
        concerns: "certain",
        platforms: null,
        because: "exposure",
        spreadMs: null,
      },
    ],
  };
  const open: NoticeFacts = {
    ...reference,
    claims: [
      {
        ...exactlyOne,
        dataClasses: { accessed: ["user.name"], notAccessed: [], unknown: ["user.authorization"] },
      },
    ],
  };
  for (const sheet of [asked, open]) {
    expect(webhookEvent(sheet, 1).data.noNewPasswordNeeded).toBe(false);
    for (const [channel, text] of said(sheet)) {
      const locale = channel.split(" ")[1] ?? "en";
      const line = text.replace(/\s+/g, " ");
      for (const key of ["noNewPassword", "pressNoNewPassword"] as const) {
        expect([channel, line.includes(languageOf(locale).label(key))]).toEqual([channel, false]);
      }
    }
  }
});

test("press, support, authority and public page state about people and data what the mail to all states", () => {
  fc.assert(
    fc.property(facts, fc.nat({ max: 40 }), (sheet, planned) => {
      const facts = (composition: ReturnType<typeof composePress>): string[] =>
        statementsOf(composition).filter((id) =>
          /^(people(?!Mail)|notAccessed|unknownClasses|accessed|changedSome|deletedSome|noIncreasedRisk|cause)/.test(
            id,
          ),
        );
      const mail = facts(composeGeneral(sheet, planned));
      for (const compose of [composePress, composeSupportScript, composeAuthorityForm]) {
        const those = facts(compose(sheet, planned));
        for (const id of those) expect(mail).toContain(id);
        const needed = mail.filter((id) => /^(people|notAccessed|unknownClasses|accessed)/.test(id));
        for (const id of needed) expect(those).toContain(id);
      }
    }),
    { numRuns: 100 },
  );
});

test.each([
  ["the reference incident", reference],
  ["a range", ranged],
  ["a reference with other signs", { ...reference, reference: "CRD 2014/№1" }],
  ["no public page and no contact", { ...reference, publicPage: null, contact: { email: null, page: null } }],
])("the CSAF document of %s passes schema, mandatory and optional tests", async (_what, sheet) => {
  expect(await csafFaults(csafDocument(advisory(sheet)))).toEqual([]);
});

test("the validator does find a CSAF document without an external reference, and one that is no incident", async () => {
  const { document } = csafDocument(advisory(reference)) as { document: Record<string, unknown> };
  expect((await csafFaults({ document: { ...document, references: [] } })).length).toBeGreaterThan(0);
  expect(await csafFaults({ document: { ...document, notes: undefined } })).toContain(
    "mandatoryTest_6_1_27_1",
  );
});

test("a second edition is a second revision, with the first release's date", async () => {
  const document = csafDocument({
    ...advisory(reference),
    editions: [
      { facts: reference, edition: 1, affectedPlanned: 1 },
      { facts: { ...ranged, asOf: "2014-05-29T12:00:00Z" }, edition: 2, affectedPlanned: 0 },
    ],
  });
  expect(await csafFaults(document)).toEqual([]);
});

test.each(locales)("the Atom feed in %s has what RFC 4287 asks for", (locale) => {
  const xml = fileOf({ ...reference, service: `O'Verture & <co> "x"` }, `${locale}/feed.atom`);
  const { feed } = parser.parse(xml) as {
    feed: Record<string, unknown> & { entry: Record<string, unknown>[] };
  };
  expect(feed["@_xmlns"]).toBe("http://www.w3.org/2005/Atom");
  const rfc3339 = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})$/;
  for (const element of [feed, ...feed.entry]) {
    expect(URL.canParse(String(element["id"]))).toBe(true);
    expect(String(element["title"]).length).toBeGreaterThan(0);
    expect(String(element["updated"])).toMatch(rfc3339);
  }
  expect(feed["author"]).toMatchObject({ name: expect.any(String) as string });
  expect(feed["link"]).toEqual(expect.arrayContaining([expect.objectContaining({ "@_rel": "self" })]));
  const ids = [feed["id"], ...feed.entry.map((entry) => entry["id"])];
  expect(new Set(ids).size).toBe(ids.length);
  for (const entry of feed.entry) {
    expect(entry["content"]).toMatchObject({ "@_type": "html" });
    expect(entry["link"]).toEqual([expect.objectContaining({ "@_rel": "alternate" })]);
  }
});

test("the push message fits into what every push service takes, and tells nobody whether they are among the affected", () => {
  for (const locale of locales) {
    const payload = pushPayload({ ...ranged, service: "長".repeat(100) }, languageOf(locale));
    expect(Buffer.byteLength(JSON.stringify(payload))).toBeLessThanOrEqual(pushPayloadBytesMax);
  }
  expect(() => pushPayload({ ...reference, service: "\u{20000}".repeat(1500) }, languageOf("ja"))).toThrow(
    expect.objectContaining({ code: "ERR_NOTICE_FACTS" }),
  );
  expect(pushPayload(reference, languageOf("en")).body).not.toMatch(/\byour (account|data)\b/i);
});

test("the app's message has a button for a store that has the version, and none for one that has not", () => {
  for (const locale of locales) {
    const { messages } = inAppMessages(reference, languageOf(locale), {
      newVersion: "https://o.example/new.png",
    });
    expect(messages["upgrade:google-play"]?.button?.link).toBe("https://play.example/overture");
    expect(messages["upgrade:google-play"]?.picture?.alt.length).toBeGreaterThan(0);
    expect(messages["upgrade:amazon-appstore"]?.button).toBeNull();
    expect(messages["upgrade:website"]?.button).toBeNull();
    expect(messages["reauthenticate"]?.button?.link).toBeNull();
    expect(messages["change_password"]).toBeUndefined();
  }
});

test("nothing that is published names a person, an account or a measure for the affected alone", () => {
  const sheet: NoticeFacts = {
    ...reference,
    measures: [
      {
        measure: "change_password",
        concerns: "affected",
        platforms: null,
        because: "exposure",
        spreadMs: null,
      },
    ],
  };
  expect(webhookEvent(sheet, 1).data.measures).toEqual([]);
  expect(plain(fileOf(sheet, "en/index.html"))).not.toContain("choose a new password");
});

test("no fact becomes markup on the page, and no address becomes a link but http(s)", () => {
  const sheet: NoticeFacts = {
    ...reference,
    service: `<img src=x onerror=alert(1)> javascript:alert(1) {{7*7}} \${7*7} <%= 1 %>`,
    signature: { name: `"><script>alert(1)</script>`, role: "</title>" },
  };
  for (const { path, content } of advisoryFiles(advisory(sheet))) {
    if (!path.endsWith(".html")) continue;
    expect(content).not.toMatch(/<(script|img|iframe|form|style)\b/i);
    expect(content).not.toMatch(/href="(?!https?:|#|\.\.\/|[a-z-]+\/|[a-z]+\.|style)/i);
  }
});
