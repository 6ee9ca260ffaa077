import { join } from "node:path";
import type { Answer, Deliveries, Incident, Notice } from "@cordon/contract";
import { afterAll, beforeAll, expect, test } from "vitest";
import { dataMap, question, writeEvidence } from "./support/incident-material.ts";
import { good, problemIn, TestServer, until } from "./support/test-server.ts";

const accounts = 300;
/** As many messages as one sender has leased at a time (docs/reference/notices.md, Bounds). */
const batch = 64;
const sentBefore = 90;

const words = {
  service: "Overture",
  signature: { name: "Ada Lovelace", role: "CTO" },
  contact: { email: "help@overture.example" },
};

let server: TestServer;
let at: string;
beforeAll(async () => {
  server = await TestServer.start(accounts);
  const { id } = good<Incident>(await server.post("author", "/v1/incidents", { title: "internal systems" }));
  at = `/v1/incidents/${id}`;
});
afterAll(() => server.end());

async function claimOn(evidence: string): Promise<void> {
  const { answerDigest, assumptions } = good<Answer>(
    await server.post("author", `${at}/answers`, { map: dataMap, question, evidence }),
  );
  for (const assumption of assumptions)
    good(await server.post("author", `${at}/assumptions`, { answerDigest, assumption }));
  good(await server.post("author", `${at}/claims`, { answerDigest }));
}

async function sendDraft(body: object): Promise<string> {
  const { id } = good<Notice>(await server.post("author", `${at}/notices`, body));
  good(await server.post("approver", `${at}/notices/${id}/approvals`));
  return id;
}

const noticeWhen = (id: string, state: Notice["state"]): Promise<Notice> =>
  until(
    async () => good<Notice>(await server.get("author", `${at}/notices/${id}`)),
    (one) => one.state === state,
  );

function unknownOf({ deliveries }: Deliveries): number {
  return deliveries.reduce((sum, { total }) => sum + total.unknown, 0);
}

/** A message with its quoted-printable parts decoded. */
function textOf(raw: string): string {
  const bytes = raw
    .replaceAll(/=\r\n/g, "")
    .replaceAll(/=([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  return Buffer.from(bytes, "latin1").toString("utf8").replaceAll(/\s+/g, " ");
}

test("evidence that changes in mid-sending stops within one batch, and the correction goes to exactly those who got the wrong sentence, or may have", async () => {
  await claimOn("first");
  const { sink } = server;
  // Its message reaches the server, and the reply does not: nobody knows what became of it.
  sink.dropOnce.add("u-20@example.net");
  let release = (): void => undefined;
  sink.hold = new Promise((resolve) => (release = resolve));
  sink.holdAfter = sentBefore;
  const first = await sendDraft(words);
  await until(
    () => Promise.resolve(sink.mails.length),
    (mails) => mails >= sentBefore,
  );

  // A second log shows that another person was read: "exactly one" and "you are not among them" were wrong.
  await writeEvidence(join(server.home, "evidence", "second"), ["u-1", "u-7"]);
  good(await server.post("author", `${at}/answers`, { map: dataMap, question, evidence: "second" }));
  release();
  sink.hold = null;
  const stopped = await noticeWhen(first, "stopped");
  expect(stopped.stopped?.because).toMatch(/no longer holds/);
  const told = sink.mails.map(({ to }) => to);
  expect(sink.dropped).toEqual(["u-20@example.net"]);
  expect(told.length).toBeGreaterThanOrEqual(sentBefore);
  expect(told.length).toBeLessThanOrEqual(sentBefore + batch);
  expect(new Set(told).size).toBe(told.length);
  const counted = await server.get("author", `${at}/notices/${first}/deliveries`);
  expect(unknownOf(good<Deliveries>(counted))).toBe(1);

  // Nothing goes out on what fell: not anew, and not as a correction before there is something right to say.
  expect(problemIn(await server.post("author", `${at}/notices`, words)).code).toBe("ERR_CLAIM_DOES_NOT_HOLD");
  expect(problemIn(await server.post("author", `${at}/notices`, { ...words, corrects: first })).code).toBe(
    "ERR_CLAIM_DOES_NOT_HOLD",
  );

  await claimOn("second");
  const correction = await sendDraft({ ...words, corrects: first });
  const sent = await noticeWhen(correction, "sent");
  const corrected = sink.mails.slice(told.length);
  // Who got it, whose fate is unknown, and the affected: nobody else, and nobody twice.
  const expected = new Set([...told, "u-20@example.net", "u-1@example.net", "u-7@example.net"]);
  expect(corrected.map(({ to }) => to).toSorted()).toEqual([...expected].toSorted());
  expect(sent.total).toMatchObject({ planned: expected.size, delivered: expected.size, unknown: 0 });
  expect(expected.size).toBeLessThan(accounts);
  for (const { to, subject, raw } of corrected) {
    // Somebody affected who had not got the earlier message has nothing that could be corrected.
    const hadIt = told.includes(to) || to === "u-20@example.net";
    expect(subject.includes("correction"), to).toBe(hadIt);
    expect(textOf(raw).includes("What we wrote, and what does not hold"), to).toBe(hadIt);
  }
});

test("a correction of what nobody was sent, or of what still holds, is refused", async () => {
  const { notices } = good<Incident>(await server.get("author", at));
  const corrected = notices.at(-1)?.id ?? "";
  expect(
    problemIn(await server.post("author", `${at}/notices`, { ...words, corrects: corrected })).code,
  ).toBe("ERR_PLANE_STALE");
  const unknown = { ...words, corrects: "notice-0000000000000000" };
  expect(problemIn(await server.post("author", `${at}/notices`, unknown)).status).toBe(404);
});
