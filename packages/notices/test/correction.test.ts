import { afterAll, beforeAll, expect, test } from "vitest";
import {
  allWrong,
  composeGeneral,
  inFlightMaxDefault,
  prepareNotice,
  sendPlanned,
  statementsDigest,
  statementsOf,
  textPart,
  textsWith,
  wrongBetween,
  type Audience,
  type Duty,
  type MessageTransport,
  type NoticeFacts,
  type OutgoingMessage,
  type PreparedNotice,
} from "../src/index.ts";
import { exactlyOne, reference } from "./support/example-facts.ts";
import { startLedgerDatabase, type LedgerDatabaseForTests } from "./support/ledger-database.ts";

/** New evidence: a gap, so that neither "one" nor "no payment data" can be said any more. */
const later: NoticeFacts = {
  ...reference,
  asOf: "2014-05-28T12:00:00Z",
  claims: [
    {
      ...exactlyOne,
      answerDigest: "sha256:01",
      people: { kind: "between", atLeast: 1, atMost: 40_000, named: 1 },
      coverageComplete: false,
      dataClasses: {
        accessed: ["user.contact.email", "user.name"],
        notAccessed: ["user.authorization.password"],
        unknown: ["user.payment"],
      },
    },
  ],
};
const before = { facts: reference, affectedPlanned: 1 };
const now = { facts: later, affectedPlanned: 1 };
const wrong = wrongBetween(before, now);

test("what became wrong is taken back, and what still holds is not", () => {
  const keys = wrong.general.general.map(({ key }) => key).toSorted();
  expect(keys).toEqual(["coverageComplete", "notAccessed", "peopleExactly", "readerNotConcerned"]);
  expect(keys).not.toContain("discoveredAt");
  expect(wrong.affected.affected.map(({ key }) => key)).toContain("yourAccountAccessed");
});

test("whoever was told that they are not among them, and now are, is told that this was wrong", () => {
  const more: NoticeFacts = {
    ...reference,
    claims: [{ ...exactlyOne, people: { kind: "exactly", atLeast: 2, atMost: 2, named: 2 } }],
  };
  const both = wrongBetween(before, { facts: more, affectedPlanned: 2 });
  expect(both.general.affected.map(({ key }) => key)).toContain("readerNotConcerned");
  // To everybody else it still holds.
  expect(both.general.general.map(({ key }) => key)).not.toContain("readerNotConcerned");
});

test("nothing is wrong where only a date or a store has changed", () => {
  const facts: NoticeFacts = { ...reference, nextUpdate: null, done: ["access_closed"], cause: "phishing" };
  expect(allWrong(wrongBetween(before, { facts, affectedPlanned: 1 }))).toEqual([]);
});

test("the texts that went out with a wrong sentence are found by their digests, whatever the duties and the language", () => {
  const duties: Duty[] = [{ measure: 1, store: null }];
  const texts = [null, { duties, asOf: reference.asOf }].map((reader) =>
    statementsDigest(statementsOf(composeGeneral(reference, 1, reader))),
  );
  const told = { ...before, directoryAsOf: reference.asOf };
  expect(textsWith(allWrong(wrong), told, texts)).toEqual(texts);
  // A sentence that was in the affected person's message alone.
  const own = wrong.affected.affected.filter(({ key }) => key === "yourAccountAccessed");
  expect(textsWith(own, told, texts)).toEqual([]);
  expect(textsWith(own, told, ["sha256:unheard-of"])).toEqual(["sha256:unheard-of"]);
});

let database: LedgerDatabaseForTests;
beforeAll(async () => {
  database = await startLedgerDatabase();
});
afterAll(() => database.stop());

const people = 900;
const salt = new Uint8Array(16).fill(3);
const everybody = Array.from({ length: people }, (_, ordinal) => ordinal);

function prepare(facts: NoticeFacts, edition: number): Promise<PreparedNotice> {
  return prepareNotice({
    facts,
    incidentId: "inc-c",
    edition,
    affectedPlanned: 1,
    from: "security@overture.example",
    salt,
    wrong: facts.correction === null ? null : wrong,
  });
}

/** A mail server that takes everything and remembers it. */
class Sink implements MessageTransport {
  readonly lanes = 4;
  readonly messages: OutgoingMessage[] = [];
  async send(message: OutgoingMessage): Promise<{ kind: "delivered"; replyCode: number }> {
    await new Promise((resolve) => setImmediate(resolve));
    this.messages.push(message);
    return { kind: "delivered", replyCode: 250 };
  }
  close(): Promise<void> {
    return Promise.resolve();
  }
}

async function send(
  prepared: PreparedNotice,
  edition: number,
  general: AsyncIterable<number[]> | Iterable<number[]>,
  options: { holds: (sent: number) => boolean; was: (ordinal: number) => Audience | null },
): Promise<{ noticeNo: number; to: number[]; end: string }> {
  const { ledger } = database;
  const { noticeNo } = await ledger.plan({
    incidentId: "inc-c",
    edition,
    manifestDigest: prepared.digest,
    salt,
    affected: edition === 1 ? [0] : [],
    general,
    unreachable: [],
  });
  const sink = new Sink();
  const { kind } = await sendPlanned({
    ledger,
    noticeNo,
    transport: sink,
    render: (audience, contact) => prepared.render(audience, contact, 0),
    contacts: (ordinals) =>
      Promise.resolve(
        new Map(
          ordinals.map((ordinal) => [
            ordinal,
            {
              accountId: `u-${ordinal}`,
              email: `u-${ordinal}@people.example`,
              locale: ["en", "de", "ar", "ja"][ordinal % 4] ?? null,
              was: options.was(ordinal),
            },
          ]),
        ),
      ),
    claimsHold: () =>
      Promise.resolve(
        options.holds(sink.messages.length) ? { holds: true } : { holds: false, reason: "new evidence" },
      ),
    clock: () => Date.now(),
    signal: new AbortController().signal,
  });
  const to = sink.messages.map((message) => Number(/\d+/.exec(message.to)?.[0]));
  return { noticeNo, to: to.toSorted((a, b) => a - b), end: kind };
}

test("evidence that changes in mid-sending stops within one batch, and the correction goes to exactly those who got the wrong sentence", async () => {
  const first = await send(await prepare(reference, 1), 1, [everybody], {
    holds: (sent) => sent < 300,
    was: () => null,
  });
  expect(first.end).toBe("stopped");
  expect(first.to.length).toBeGreaterThanOrEqual(300);
  expect(first.to.length).toBeLessThanOrEqual(300 + inFlightMaxDefault);

  const { ledger } = database;
  const sent = (await ledger.statementSets(first.noticeNo)).map(({ digest }) => digest);
  // One text each for the affected person and for everybody else, in four languages.
  expect(sent).toHaveLength(2);
  const general = allWrong(wrong).filter(({ key }) => key === "readerNotConcerned");
  const digests = textsWith(general, { ...before, directoryAsOf: null }, sent);
  const got: number[] = [];
  for await (const page of ledger.whoGot(first.noticeNo, digests)) got.push(...page.got, ...page.mayHave);
  expect(got.toSorted((a, b) => a - b)).toEqual(first.to.filter((ordinal) => ordinal !== 0));

  const correction = { edition: 1, since: "2014-05-28T09:00:00Z", wrong: allWrong(wrong) };
  const prepared = await prepare({ ...later, correction }, 2);
  const second = await send(prepared, 2, [got.toSorted((a, b) => a - b)], {
    holds: () => true,
    was: () => "general",
  });
  expect(second.to).toEqual(first.to.filter((ordinal) => ordinal !== 0));
});

test("a correction says what was wrong, word for word in the reader's language, and what is right", async () => {
  const correction = { edition: 1, since: "2014-05-28T09:00:00Z", wrong: allWrong(wrong) };
  const prepared = await prepare({ ...later, correction }, 2);
  const first = await prepare(reference, 1);
  for (const locale of ["en", "de", "fr", "es", "pt-BR", "ja", "ar", "pl"]) {
    const person = { accountId: "u-1", email: "u-1@people.example", locale };
    const told = plain(textPart(first.compose("general", person)));
    const corrected = prepared.compose("general", { ...person, was: "general" });
    const text = plain(textPart(corrected));
    const quoted = corrected.blocks.flatMap((block) =>
      block.kind === "list" ? block.items.filter(({ fact }) => fact === "correction") : [],
    );
    expect(quoted).toHaveLength(wrong.general.general.length);
    for (const { text: sentence } of quoted) {
      const inner = /[“„«「]\s*(.*?)\s*[”“»」]$/u.exec(sentence)?.[1] ?? "";
      expect(inner.length).toBeGreaterThan(5);
      expect(told).toContain(plain(inner));
    }
    expect(text).toContain("40");
  }
});

test("whoever did not get the earlier edition gets a notice without a word of a correction", async () => {
  const correction = { edition: 1, since: "2014-05-28T09:00:00Z", wrong: allWrong(wrong) };
  const prepared = await prepare({ ...later, correction }, 2);
  const said = prepared.compose("general", { accountId: "u-9", email: null, locale: "en", was: null });
  expect(said.subject).not.toContain("correction");
  expect(textPart(said)).not.toContain("We wrote to you before");
});

function plain(text: string): string {
  return text.replace(/\s+/g, " ");
}
