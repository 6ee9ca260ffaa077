import { touches } from "@cordon/model";
import fc from "fast-check";
import { expect, test } from "vitest";
import {
  basisOf,
  checkFacts,
  composeAffected as affectedIn,
  composeGeneral as generalIn,
  htmlPart,
  htmlSkeleton,
  languageOf,
  saidIn,
  textPart,
  wordNotice,
  type Cause,
  type ClaimFact,
  type ComposedNotice,
  type NoticeFacts,
} from "../src/index.ts";
import { facts } from "./support/arbitrary-facts.ts";
import { exactlyOne, reference } from "./support/example-facts.ts";

const english = languageOf("en");

function composeAffected(sheet: NoticeFacts): ComposedNotice {
  return wordNotice(affectedIn(sheet), english);
}

function composeGeneral(sheet: NoticeFacts, affectedPlanned: number): ComposedNotice {
  return wordNotice(generalIn(sheet, affectedPlanned), english);
}

function plain(notice: ComposedNotice): string {
  return textPart(notice).replace(/\s+/g, " ");
}

function sentences(notice: ComposedNotice): { fact: string; text: string }[] {
  return notice.blocks.flatMap((block) =>
    block.kind === "paragraph" ? block.sentences : block.kind === "list" ? block.items : [],
  );
}

function withClaim(claim: Partial<ClaimFact>, over: Partial<NoticeFacts> = {}): NoticeFacts {
  return { ...reference, claims: [{ ...exactlyOne, ...claim }], ...over };
}

function ranged(
  atLeast: number,
  atMost: number,
  named: number,
  coverageComplete = false,
): Partial<ClaimFact> {
  return { people: { kind: "between", atLeast, atMost, named }, coverageComplete };
}

const both = (sheet: NoticeFacts, affectedPlanned = 1): ComposedNotice[] => [
  composeAffected(sheet),
  composeGeneral(sheet, affectedPlanned),
];

test("no text ever names a class that was not accessed, or of which it is not known, as accessed", () => {
  fc.assert(
    fc.property(facts, fc.nat({ max: 40 }), (sheet, planned) => {
      checkFacts(sheet);
      for (const notice of both(sheet, planned)) {
        for (const { fact, text } of sentences(notice)) {
          const keys = text.match(/user\.zq\d+zq/g) ?? [];
          for (const key of keys) {
            const lists = sheet.claims.map(({ dataClasses }) => dataClasses);
            const said = (list: keyof ClaimFact["dataClasses"]): boolean =>
              lists.some((of) => of[list].includes(key));
            if (fact === "accessed" && !said("accessed")) return false;
            // One claim that leaves it open, or saw it accessed, is enough.
            if (fact === "notAccessed" && (said("accessed") || said("unknown"))) return false;
            if (fact === "unknown" && said("accessed")) return false;
            if (fact !== "accessed" && fact !== "notAccessed" && fact !== "unknown") return false;
          }
        }
      }
      return true;
    }),
    { numRuns: 300 },
  );
});

test("each class of each claim is named in both texts, in exactly one of the three sentences", () => {
  fc.assert(
    fc.property(facts, (sheet) => {
      const keys = new Set(
        sheet.claims.flatMap(({ dataClasses: of }) => [...of.accessed, ...of.notAccessed, ...of.unknown]),
      );
      for (const notice of both(sheet)) {
        for (const key of keys) {
          if (!key.startsWith("user.zq")) continue;
          expect(sentences(notice).filter(({ text }) => text.includes(`“${key}”`))).toHaveLength(1);
        }
      }
    }),
    { numRuns: 150 },
  );
});

test("the mail to all never tells a reader that they are not concerned unless the claim counts exactly the people written to", () => {
  fc.assert(
    fc.property(facts, fc.nat({ max: 60 }), (sheet, planned) => {
      const text = plain(composeGeneral(sheet, planned));
      const safe =
        sheet.claims.every(({ people }) => people.kind === "exactly") &&
        sheet.claims.reduce((sum, { people }) => sum + people.atMost, 0) <= planned;
      if (!safe) expect(text).not.toContain("is not among them");
      expect(text).not.toMatch(/your data was not accessed/i);
    }),
    { numRuns: 300 },
  );
});

test("nobody is told that a password need not be changed while somebody is asked to, or while it may have been accessed", () => {
  fc.assert(
    fc.property(facts, (sheet) => {
      const asked = sheet.measures.some(({ measure }) => measure === "change_password");
      const open = sheet.claims.some(({ dataClasses: { accessed, unknown } }) =>
        [...accessed, ...unknown].some(
          (name) => touches(name, "user.authorization") || touches(name, "system.authentication"),
        ),
      );
      for (const notice of both(sheet)) {
        const told = plain(notice).includes("You do not need to change your password.");
        if (asked || open) expect(told).toBe(false);
      }
    }),
    { numRuns: 300 },
  );
});

test("a store that does not have the new version is never called available", () => {
  fc.assert(
    fc.property(facts, (sheet) => {
      const later = sheet.measures.flatMap((measure) =>
        measure.measure === "upgrade"
          ? measure.stores.filter(({ available }) => available === null || available > sheet.asOf)
          : [],
      );
      const there = sheet.measures.flatMap((measure) =>
        measure.measure === "upgrade"
          ? measure.stores.filter(({ available }) => available !== null && available <= sheet.asOf)
          : [],
      );
      for (const notice of both(sheet)) {
        const text = plain(notice);
        for (const { store } of later) {
          if (there.some((other) => other.store === store)) continue;
          expect(text).not.toContain(`From ${english.store(store, sheet.service)}: the update is available`);
        }
      }
    }),
    { numRuns: 200 },
  );
});

test("the reference incident: one person, certain users sign in again, Android by store, no new password", () => {
  const general = plain(composeGeneral(reference, 1));
  expect(general).toContain("the data of one user was accessed.");
  expect(general).toContain("The account that this message is written for is not among them.");
  expect(general).toContain("We are writing to that person individually.");
  expect(general).toContain("Not accessed: password and payment data.");
  expect(general).toContain(
    "As a precaution, certain users will be asked to sign in again over the next 3 days.",
  );
  expect(general).toContain("From Google Play: the update is available at https://play.example/overture");
  expect(general).toContain(
    "From the Amazon Appstore: the update is not there yet; until it is, there is nothing to do.",
  );
  expect(general).toContain(
    "From the web site of Overture: the update will be there from 28 May 2014, 10:00 UTC",
  );
  expect(general).toContain(
    "only from Google Play, the Amazon Appstore and the web site of Overture, and from nowhere else",
  );
  expect(general).toContain("it has to be downloaded again in the app. * We are sorry");
  expect(general).toContain("You do not need to change your password.");
  expect(general).toContain(
    "do not need to update the app or download anything again on iOS, Windows Phone,",
  );
  expect(general).toContain("Being asked to sign in again, as described above, can still happen there.");
  expect(general).toContain("Please quote this reference: CRD-2014-1");
  expect(general).toContain("Åsa Lindqvist, CTO, Overture");
  const affected = plain(composeAffected(reference));
  expect(affected).toContain("This data of your account was accessed: e-mail address and name.");
  expect(affected).toContain("between 21 May 2014, 10:00 UTC and 21 May 2014, 10:05 UTC");
  expect(affected).toContain("You will be asked to sign in again.");
  expect(affected).not.toContain("certain users will be asked to sign in");
});

test("a range is told as a range, with its reason, and to the reader as open", () => {
  const sheet = withClaim({ ...ranged(1, 9_000_000, 1) });
  const general = plain(composeGeneral(sheet, 1));
  expect(general).toContain("at least one user and at most 9,000,000 users was accessed");
  expect(general).toContain("our logs have a gap and we cannot rule out more than they show");
  expect(general).toContain("We therefore cannot rule out that your account is concerned.");
  expect(general).not.toContain("have no gap");
  const affected = plain(composeAffected(sheet));
  expect(affected).toContain("your account is among those whose data was accessed");
  // What the answer says of all is not said of this one account.
  expect(affected).not.toContain("This data of your account");
  const counted = plain(composeGeneral(withClaim(ranged(100, 250, 0, true)), 0));
  expect(counted).toContain("our records do not name every user");
  expect(counted).not.toContain("individually");
});

test("exactly many whose names are not known: nobody is told that they are not among them", () => {
  const sheet = withClaim({ people: { kind: "exactly", atLeast: 500, atMost: 500, named: 0 } });
  const general = plain(composeGeneral(sheet, 0));
  expect(general).toContain("the data of 500 users was accessed");
  expect(general).toContain("cannot rule out that your account is concerned");
});

test("nobody at all", () => {
  const sheet = withClaim({
    people: { kind: "exactly", atLeast: 0, atMost: 0, named: 0 },
    dataClasses: { accessed: [], notAccessed: ["user.payment"], unknown: [] },
    firstAccess: null,
    lastAccess: null,
    effects: { read: 0, write: 0, delete: 0 },
  });
  const general = plain(composeGeneral(sheet, 0));
  expect(general).toContain("no user's data was accessed");
  expect(general).not.toContain("cannot rule out");
  const open = plain(composeGeneral(withClaim(ranged(0, 7, 0)), 0));
  expect(open).toContain(
    "names no user whose data was accessed, but it does not rule it out: at most 7 users",
  );
});

test("payment data that was accessed is said, with what to do about it", () => {
  const sheet = withClaim({
    dataClasses: { accessed: ["user.payment"], notAccessed: [], unknown: ["user.name"] },
  });
  const affected = plain(composeAffected(sheet));
  expect(affected).toContain("This data of your account was accessed: payment data.");
  expect(affected).toContain("Watch your account statements");
  expect(affected).toContain("We do not know whether this data was accessed: name.");
  expect(plain(composeGeneral(sheet, 1))).toContain("This data was accessed: payment data.");
});

test("a measure for the affected alone is not asked of everybody", () => {
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
  const [affected, general] = both(sheet).map(plain);
  expect(affected).toContain("You will be asked to choose a new password.");
  expect(general).not.toContain("password over");
  expect(general).not.toContain("choose a new password");
  expect(general).not.toContain("do not need to change your password");
  expect(general).toContain("There is nothing that you need to do.");
});

test("a class without words of its own is named by its key", () => {
  expect(english.dataClass("user.unheard.of")).toBe("data of the kind “user.unheard.of”");
  expect(english.dataClass("user.payment.method")).toBe("payment data (user.payment.method)");
  expect(english.dataClass("user.payment")).toBe("payment data");
});

test("the HTML part says the same sentences, and no fact becomes markup", async () => {
  const sheet = { ...reference, service: `<b onclick="x">O'Verture & co</b>` };
  const notice = composeGeneral(sheet, 1);
  const html = htmlPart(notice, await htmlSkeleton());
  expect(html).not.toContain("<b ");
  const shown = html
    .replace(/<head>[\s\S]*<\/head>/, " ")
    .replace(/<[^>]*>/g, " ")
    .replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">")
    .replaceAll("&quot;", '"')
    .replaceAll("&#39;", "'")
    .replaceAll("&amp;", "&")
    .replace(/\s+/g, " ");
  for (const { text } of sentences(notice)) expect(shown).toContain(text.replace(/\s+/g, " "));
  expect(html).not.toMatch(/<(a|img|script|link|form)\b/);
});

test.each([
  ["a line break", { service: "Overture\r\nBcc: all@x.example" }],
  ["a null", { reference: "a\0b" }],
  ["a turned direction", { service: "Over\u202eerut" }],
  ["an empty name", { signature: { name: " ", role: "CTO" } }],
  ["a mark without width", { service: "Over\u200bture" }],
  ["a turned direction of one letter", { service: "Over\u200fture" }],
  ["a cause that is none", { cause: "aliens" as Cause }],
  ["a correction of nothing", { correction: { edition: 1, since: reference.asOf, wrong: [] } }],
  ["a very long text", { service: "x".repeat(301) }],
  ["a script for a link", { publicPage: "javascript:alert(1)" }],
  ["a link with a login", { publicPage: "https://user:pw@overture.example/" }],
  ["a link with a bracket", { publicPage: "https://overture.example/<x>" }],
  ["a contact that is no address", { contact: { email: "help", page: null } }],
  ["a time that is none", { nextUpdate: "tomorrow" }],
  ["no claim", { claims: [] }],
  ["bounds out of order", { claims: [{ ...exactlyOne, ...ranged(3, 2, 0) }] }],
  ["more named than there are", { claims: [{ ...exactlyOne, ...ranged(1, 2, 3) }] }],
  ["`exactly` with a gap", { claims: [{ ...exactlyOne, coverageComplete: false }] }],
  [
    "a class accessed and not",
    {
      claims: [
        { ...exactlyOne, dataClasses: { accessed: ["user.name"], notAccessed: ["user.name"], unknown: [] } },
      ],
    },
  ],
  [
    "a class that is none",
    { claims: [{ ...exactlyOne, dataClasses: { accessed: ["<b>"], notAccessed: [], unknown: [] } }] },
  ],
] satisfies readonly (readonly [string, Partial<NoticeFacts>])[])(
  "facts with %s are refused",
  (_what, over) => {
    expect(() => checkFacts({ ...reference, ...over })).toThrow(
      expect.objectContaining({ code: "ERR_NOTICE_FACTS" }),
    );
  },
);

test("every sentence is bound to an answer or a decision, but for greetings and advice that are true whatever the facts", () => {
  fc.assert(
    fc.property(facts, (sheet) => {
      for (const composition of [affectedIn(sheet), generalIn(sheet, 1)]) {
        for (const { fact } of saidIn(composition)) {
          const basis = basisOf(fact, sheet);
          if (fact === "fixed") expect(basis).toEqual({ nothing: true });
          else if ("answers" in basis)
            expect(basis.answers).toEqual(sheet.claims.map((claim) => claim.answerDigest));
          else expect(basis).toEqual({ decision: expect.stringMatching(/./) as string });
        }
      }
    }),
    { numRuns: 50 },
  );
});
