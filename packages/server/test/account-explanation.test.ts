import type { AccountExplanation, Answer, Claim, Incident, Notice, Plan } from "@cordon/contract";
import { afterAll, beforeAll, expect, test } from "vitest";
import { approveByTwo } from "./support/approve.ts";
import { dataMap, question } from "./support/incident-material.ts";
import { good, problemIn, TestServer, until } from "./support/test-server.ts";

const noticeDraft = {
  service: "Overture",
  signature: { name: "Ada Lovelace", role: "CTO" },
  contact: { email: "help@overture.example" },
};

let server: TestServer;
let at: string;
let answer: Answer;

beforeAll(async () => {
  server = await TestServer.start(40);
  at = `/v1/incidents/${good<Incident>(await server.post("author", "/v1/incidents", { title: "t" })).id}`;
  answer = good<Answer>(
    await server.post("author", `${at}/answers`, { map: dataMap, question, evidence: "first" }),
  );
});
afterAll(() => server.end());

async function explained(account: string, more: object = {}): Promise<AccountExplanation> {
  return good<AccountExplanation>(
    await server.post("author", "/v1/accounts/explanation", { account, ...more }),
  );
}

test("what of theirs was read, by which answers, events and classes", async () => {
  const { reads, directory, tell } = await explained("u-1", { events: true });
  expect(directory).toMatchObject({ known: true, market: "US", createdAt: "2013-01-01T00:00:00.000Z" });
  expect(reads).toMatchObject([
    {
      answerDigest: answer.answerDigest,
      named: true,
      possible: true,
      claimed: false,
      classes: { read: ["user.contact.email", "user.name"], open: [] },
      events: [
        {
          time: "2014-05-22T00:00:00.000Z",
          source: "profile-api",
          operation: "getProfile",
          classes: ["user.contact.email", "user.name"],
          surely: true,
          line: 2,
        },
      ],
      eventsNote: null,
    },
  ]);
  // Nobody has stood up for it yet.
  expect(tell[0]).toMatch(/still being looked into/);
});

test("who is not named by an answer that leaves nothing open was not reached", async () => {
  const { reads } = await explained("u-2");
  expect(reads).toMatchObject([
    { named: false, possible: false, classes: { read: [], open: [] }, events: null },
  ]);
});

test("what they are told rests on claims that hold", async () => {
  for (const assumption of answer.assumptions) {
    good(
      await server.post("author", `${at}/assumptions`, {
        answerDigest: answer.answerDigest,
        assumption,
        name: "Astrid Ek",
      }),
    );
  }
  good<Claim>(await server.post("author", `${at}/claims`, { answerDigest: answer.answerDigest }));
  expect((await explained("u-1")).tell).toContain(
    "Somebody without permission read data of theirs between 2014-05-20 00:00 UTC and 2014-05-26 00:00 UTC: contact e-mail, name.",
  );
  expect((await explained("u-2")).tell).toContain(
    "Our records show no access to their data between 2014-05-20 00:00 UTC and 2014-05-26 00:00 UTC.",
  );
});

test("which measures and waves meet them now and why, by the gate's own words", async () => {
  const measures = [
    { id: "reauth", measure: "reauthenticate", cohort: { directory: { market: "US" } } },
    { id: "later", measure: "change_password", rollout: { over: "1000h", waves: 1000 } },
  ];
  const plan = good<Plan>(await server.post("author", `${at}/plans`, { measures }));
  await approveByTwo(server, `${at}/plans/${plan.id}`);
  await until(
    async () => good<Plan>(await server.get("author", `${at}/plans/${plan.id}`)),
    ({ state }) => state === "in-force",
  );
  const { bundleVersion, measures: met, tell } = await explained("u-1");
  expect(bundleVersion).toBe(1);
  expect(met).toMatchObject([
    {
      client: null,
      allow: false,
      directives: [{ measure: "reauthenticate", rule: "reauth", required: true }],
      rules: [
        { rule: "reauth", planId: plan.id, applies: true, because: "time-missing", opensAt: null },
        { rule: "later", planId: plan.id, applies: false, because: "wave-closed" },
      ],
    },
  ]);
  expect(met[0]?.rules[1]?.opensAt).toMatch(/Z$/);
  expect(tell).toContain("They are asked to sign in again.");
  const since = await explained("u-1", { authTime: new Date().toISOString() });
  expect(since.measures[0]?.rules[0]).toMatchObject({ applies: false, because: "time-not-before-cutoff" });
  expect((await explained("u-2")).measures[0]?.rules[0]).toMatchObject({ because: "not-in-cohort" });
});

test("a cohort by what an answer leaves open: here nothing but who is named", async () => {
  const measures = [
    { id: "reached", measure: "reauthenticate", cohort: { reachableBy: answer.answerDigest } },
    {
      id: "seen",
      measure: "reauthenticate",
      cohort: { directory: { createdFrom: "2014-01-01T00:00:00Z", versionAtLeast: "1" } },
    },
  ];
  const plan = good<Plan>(await server.post("author", `${at}/plans`, { measures }));
  // It reaches one account, for which one approval is enough.
  const { asked } = good<Plan>(await server.post("author", `${at}/plans/${plan.id}/asking`, { act: "plan" }));
  good(await server.post("approver", `${at}/plans/${plan.id}/approvals`, { digest: asked?.digest ?? "" }));
  const { inForce } = await until(
    async () => good<Plan>(await server.get("author", `${at}/plans/${plan.id}`)),
    ({ state }) => state === "in-force",
  );
  expect(inForce?.cohorts).toEqual({ reached: 1, seen: 0 });
});

test("which notices met them", async () => {
  const notice = good<Notice>(await server.post("author", `${at}/notices`, noticeDraft));
  expect((await explained("u-1")).notices).toMatchObject([{ noticeId: notice.id, audience: "affected" }]);
  good(await server.post("approver", `${at}/notices/${notice.id}/approvals`));
  const { notices, tell } = await until(
    () => explained("u-1"),
    (each) => each.notices[0]?.state === "handed_over",
  );
  expect(notices).toMatchObject([{ edition: notice.edition, audience: "affected", state: "handed_over" }]);
  expect(tell).toContain("A message was sent to their address.");
});

test("an id that no directory knows is answered as such", async () => {
  const { directory, notices, tell, reads } = await explained("nobody' OR 1=1 --");
  expect(directory).toMatchObject({ known: false, createdAt: null, installations: [] });
  expect(reads).toMatchObject([{ named: false, possible: false }]);
  expect(notices).toMatchObject([{ state: "not-planned" }]);
  expect(tell[0]).toBe("We know no account with this id. Please check it with them.");
});

test("is for operators, and an id stands in no address", async () => {
  expect((await server.post(null, "/v1/accounts/explanation", { account: "u-1" })).status).toBe(401);
  expect((await server.post("enforcement", "/v1/accounts/explanation", { account: "u-1" })).status).toBe(403);
  expect(problemIn(await server.post("author", "/v1/accounts/explanation", { account: "" })).status).toBe(
    400,
  );
});
