import { afterAll, beforeAll, expect, test } from "vitest";
import {
  composeGeneral,
  languageOf,
  sendPlanned,
  textPart,
  wordNotice,
  type NoticeFacts,
  type Sending,
} from "../src/index.ts";
import { reference } from "./support/example-facts.ts";
import { startLedgerDatabase, type LedgerDatabaseForTests } from "./support/ledger-database.ts";
import { checkPostfix, PostfixServer, type KeptMessage } from "./support/postfix-server.ts";
import { contactOf, setUp, type Setup } from "./support/sending-setup.ts";

// Before any test, so that a missing server is a failure of this file and not a skipped test.
checkPostfix();

const people = 500;
let database: LedgerDatabaseForTests;
let postfix: PostfixServer;
const closing: (() => Promise<void>)[] = [];

beforeAll(async () => {
  database = await startLedgerDatabase();
  closing.push(() => database.stop());
  postfix = await PostfixServer.start(
    "people.example",
    Array.from({ length: people }, (_, ordinal) => `u-${ordinal}`),
  );
  closing.push(() => postfix.remove());
});
afterAll(async () => {
  for (const close of closing.toReversed()) await close();
});

const facts: NoticeFacts = {
  ...reference,
  service: "Övertüre 音楽 🎵",
  recoveryPage: `https://overture.example/${"a-long-way-".repeat(25)}`,
  signature: { name: ".Zoë Stål-Łukasiewicz 王小明", role: "CTO" },
};

/** What is hard on the wire, after the last MIME part, where RFC 2046 5.1.1 lets anything stand. */
const epilogue = [
  "",
  ".",
  "..",
  "...three",
  ".leading",
  "",
  ".",
  "From here on",
  `.${"x".repeat(997)}`,
  "y".repeat(998),
  "",
].join("\r\n");

/** Each message that was rendered, by Message-ID, as it must come to lie in a mailbox. */
type Rendered = Map<string, { readonly mailbox: string; readonly text: string }>;

function withEpilogue(sending: Sending, rendered: Rendered): Sending {
  return {
    ...sending,
    render: (audience, contact) => {
      const message = sending.render(audience, contact);
      const bytes = Buffer.concat([message.bytes, Buffer.from(epilogue, "latin1")]);
      const text = bytes.toString("latin1").replaceAll("\r\n", "\n");
      rendered.set(messageIds(text).join(), { mailbox: message.to, text });
      return { ...message, bytes };
    },
  };
}

function messageIds(text: string): readonly string[] {
  return text
    .slice(0, text.indexOf("\n\n"))
    .split("\n")
    .filter((line) => /^message-id:/i.test(line))
    .map((line) => line.slice(line.indexOf(":") + 1).trim());
}

/** What Postfix puts in front of a message. */
const trace = /^Return-Path: .*\nX-Original-To: .*\nDelivered-To: .*\nReceived: .*\n(?:\t.*\n)+/;

function expectEachOnce(kept: readonly KeptMessage[], rendered: Rendered): void {
  const ids = kept.map(({ text }) => messageIds(text).join());
  expect(ids.toSorted()).toEqual([...rendered.keys()].toSorted());
  for (const { mailbox, text } of kept) {
    const expected = rendered.get(messageIds(text).join());
    expect(mailbox).toBe(expected?.mailbox);
    expect(text.replace(trace, "")).toBe(expected?.text);
  }
}

/** RFC 2045 6.7. */
function decodeQuotedPrintable(text: string): string {
  const bytes = text
    .replace(/=\n/g, "")
    .replace(/=([0-9A-F]{2})/g, (_all, hex: string) => String.fromCharCode(parseInt(hex, 16)));
  return Buffer.from(bytes, "latin1").toString("utf8");
}

async function start(
  incidentId: string,
  options: { people: number; over?: Partial<Sending> },
): Promise<Setup> {
  return setUp(database.ledger, postfix.port, { incidentId, affected: 3, facts, ...options });
}

test("Postfix's mailboxes hold every message exactly once and as it was sent, and the ledger says delivered", async () => {
  const { sending, transport } = await start("all", { people });
  const rendered: Rendered = new Map();
  const mine = withEpilogue(sending, rendered);
  // Two senders on one ledger, as when a second server is started.
  expect(await Promise.all([sendPlanned(mine), sendPlanned(mine)])).toEqual([
    { kind: "done" },
    { kind: "done" },
  ]);
  expect(await sendPlanned(mine)).toEqual({ kind: "done" });
  await transport.close();
  expect(await database.ledger.counts(sending.noticeNo)).toMatchObject({
    handed_over: people,
    planned: 0,
    leased: 0,
    failed: 0,
    unknown: 0,
    affected: { handed_over: 3 },
    general: { handed_over: people - 3 },
  });
  const kept = await postfix.takeMail();
  expect(kept).toHaveLength(people);
  expect(new Set(kept.map(({ mailbox }) => mailbox)).size).toBe(people);
  expectEachOnce(kept, rendered);
  const last = kept.find(({ mailbox }) => mailbox === `u-${people - 1}@people.example`);
  const [, boundary] = /boundary="([^"]+)"/.exec(last?.text ?? "") ?? [];
  const [, text = ""] = (last?.text ?? "").split(`--${boundary}`);
  const composed = textPart(wordNotice(composeGeneral(facts, 3), languageOf("en")));
  expect(decodeQuotedPrintable(text.slice(text.indexOf("\n\n") + 2)).trimEnd()).toBe(composed.trimEnd());
  expect(composed).toContain("\n.Zoë Stål-Łukasiewicz 王小明, CTO, Övertüre 音楽 🎵");
});

test("an unknown recipient answered 550 is failed, one that Postfix does not relay to as well, and nobody else is hurt", async () => {
  const elsewhere = new Map([
    [7, "nobody-here@people.example"],
    [8, "reader@elsewhere.example"],
  ]);
  const { sending, transport } = await start("unknown", {
    people: 60,
    over: {
      contacts: (ordinals) =>
        Promise.resolve(
          new Map(
            ordinals.map((ordinal) => {
              const contact = contactOf(ordinal);
              return [ordinal, { ...contact, email: elsewhere.get(ordinal) ?? contact.email }];
            }),
          ),
        ),
    },
  });
  const rendered: Rendered = new Map();
  expect(await sendPlanned(withEpilogue(sending, rendered))).toEqual({ kind: "done" });
  await transport.close();
  expect(await database.ledger.counts(sending.noticeNo)).toMatchObject({
    handed_over: 58,
    failed: 2,
    unknown: 0,
    planned: 0,
    leased: 0,
  });
  const notSent = [];
  for await (const person of database.ledger.notSent(sending.noticeNo)) notSent.push(person);
  expect(notSent).toMatchObject([
    { ordinal: 7, state: "failed", cause: "refused", replyCode: 550, attempts: 1 },
    { ordinal: 8, state: "failed", cause: "refused", replyCode: 554, attempts: 1 },
  ]);
  for (const [id, { mailbox }] of rendered)
    if ([...elsewhere.values()].includes(mailbox)) rendered.delete(id);
  const kept = await postfix.takeMail();
  expect(kept).toHaveLength(58);
  expectEachOnce(kept, rendered);
});
