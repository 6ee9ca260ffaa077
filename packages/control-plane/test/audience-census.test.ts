import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { importDirectory, openDirectory, type Directory } from "@cordon/lake";
import type { FactSheet, Incident, NoticeState } from "@cordon/response";
import { afterAll, beforeAll, expect, test } from "vitest";
import { takeCensus } from "../src/notices/audience-census.ts";
import { ContactHistory } from "../src/notices/contact-history.ts";
import { DutyRoll } from "../src/notices/duty-roll.ts";
import { contactsOf, settleRecipients } from "../src/notices/recipients.ts";
import { requireLanguages } from "../src/notices/require-languages.ts";

let folder: string;
let directory: Directory;

const locales = ["en-GB", "de-AT", "sv-SE", "sv-FI", "zh-Hant-TW", "pt", "", "nb-NO"];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "cordon-census-"));
  const accounts = locales.map((locale, i) => `u-${i},2013-01-01T00:00:00Z,SE,${locale},u-${i}@example.net`);
  const accountsFile = join(folder, "accounts.csv");
  await writeFile(accountsFile, ["account_id,created_at,market,locale,email", ...accounts, ""].join("\n"));
  const installationsFile = join(folder, "installations.csv");
  await writeFile(
    installationsFile,
    [
      "account_id,platform,store,version,last_seen,has_offline",
      "u-0,android,google-play,1.0.9,2014-05-20T00:00:00Z,true",
      "u-1,android,amazon-appstore,1.0.9,2014-05-20T00:00:00Z,false",
      "u-2,android,google-play,1.1.0,2014-05-20T00:00:00Z,false",
      "u-3,android,unknown,1.0.9,2014-05-20T00:00:00Z,false",
      "u-4,ios,app-store,1.0.0,2014-05-20T00:00:00Z,false",
      "",
    ].join("\n"),
  );
  await importDirectory({
    lakeFolder: join(folder, "lake"),
    accountsFile,
    installationsFile,
    asOfMs: Date.parse("2014-05-27T00:00:00Z"),
  });
  directory = await openDirectory({ lakeFolder: join(folder, "lake") });
});
afterAll(async () => {
  directory.close();
  await rm(folder, { recursive: true, force: true });
});

const where = { platform: "android" };
// Of an incident and its fact sheet, only what is read here.
const incident = { answers: new Map() } as unknown as Incident;
const sheet = {
  measures: [
    {
      planId: "p",
      concerns: "certain",
      measure: { id: "a", measure: "reauthenticate", cohort: { accounts: ["u-0", "u-7"] } },
    },
    {
      planId: "p",
      concerns: "everyone",
      measure: {
        id: "b",
        measure: "upgrade",
        where,
        below: "1.1.0",
        stores: { "google-play": {}, "amazon-appstore": {} },
      },
    },
    { planId: "p", concerns: "everyone", measure: { id: "c", measure: "redownload", where, epoch: 2 } },
    {
      planId: "p",
      concerns: "everyone",
      measure: { id: "d", measure: "refuse_client", where, trusted: ["google-play"] },
    },
  ],
} as unknown as FactSheet;

test("each person has the duties that the directory says they meet, and no others", async () => {
  const roll = await DutyRoll.read(directory, incident, sheet);
  const duties = locales.map((_locale, ordinal) =>
    roll.dutiesOf(ordinal).map(({ measure, store }) => `${measure}${store ?? ""}`),
  );
  expect(duties).toEqual([["0", "1google-play", "2"], ["1amazon-appstore"], [], ["3"], [], [], [], ["0"]]);
});

test("people are counted by language, by measure, and as those who need do nothing", async () => {
  const roll = await DutyRoll.read(directory, incident, sheet);
  const recipients = await settleRecipients(directory, ["u-4"], []);
  const census = await takeCensus(directory, recipients, roll, sheet, { sv: "en" });
  expect(census.languages).toEqual([
    { locale: "en", by: "fallback", people: 2 },
    { locale: "en", by: "translation", people: 1 },
    { locale: "de", by: "translation", people: 1 },
    { locale: "pt-BR", by: "translation", people: 1 },
    { locale: "en", by: "none-known", people: 1 },
  ]);
  expect(census.missing).toEqual([
    { locale: "zh-Hant-TW", people: 1 },
    { locale: "nb-NO", people: 1 },
  ]);
  expect(census).toMatchObject({
    affected: 1,
    mustAct: { reauthenticate: 2, upgrade: 2, redownload: 1, refuse_client: 1 },
    nothingToDo: 3,
    withoutAddress: 0,
  });
});

test("a missing translation blocks approval, and says which languages and how many people", () => {
  const noticeOf = (census: object): Incident =>
    ({
      notices: [{ noticeId: "n", manifest: { manifest: { census } } } as unknown as NoticeState],
    }) as unknown as Incident;
  const missing = [
    { locale: "sv", people: 3200 },
    { locale: "tr", people: 800 },
  ];
  expect(() => {
    requireLanguages(noticeOf({ missing }), "n");
  }).toThrow(
    expect.objectContaining({
      code: "ERR_PLANE_LANGUAGES",
      message: "no translation is written in `sv` for 3200 people, `tr` for 800 people",
    }),
  );
  expect(() => {
    requireLanguages(noticeOf({ missing: [] }), "n");
  }).not.toThrow();
});

test("an address that was replaced since the window began is told too, one from before is not", async () => {
  const line = (email: string, replaced_at: string): string =>
    JSON.stringify({ account_id: "u-0", email, replaced_at });
  await writeFile(
    join(folder, "contact-history.jsonl"),
    [
      line("older@example.net", "2014-01-01T00:00:00Z"),
      line("mine@example.net", "2014-05-21T00:00:00Z"),
      "",
    ].join("\n"),
  );
  const history = await ContactHistory.read(folder, Date.parse("2014-05-20T00:00:00Z"));
  const contacts = await contactsOf(directory, [0, 1], null, undefined, history);
  expect(contacts.get(0)).toMatchObject({ email: "u-0@example.net", formerEmails: ["mine@example.net"] });
  expect(contacts.get(1)).toMatchObject({ formerEmails: [] });
  await writeFile(join(folder, "contact-history.jsonl"), "{}\n");
  await expect(ContactHistory.read(folder, 0)).rejects.toThrow("a line that can't be read");
});
