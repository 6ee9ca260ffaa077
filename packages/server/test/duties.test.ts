import type {
  Answer,
  AuthorityForm,
  DutySummary,
  Incident,
  IncidentDuties,
  Notice,
  Timeline,
} from "@cordon/contract";
import { afterAll, beforeAll, expect, test } from "vitest";
import { join } from "node:path";
import { dataMap, question, writeEvidence } from "./support/incident-material.ts";
import { good, problemIn, TestServer, until } from "./support/test-server.ts";

const hourMs = 3_600_000;
const ago = (hours: number): string => new Date(Date.now() - hours * hourMs).toISOString();

let server: TestServer;
let at: string;
beforeAll(async () => {
  server = await TestServer.start(30);
  at = await opened("internal systems");
});
afterAll(() => server.end());

async function opened(title: string): Promise<string> {
  const { id } = good<Incident>(await server.post("author", "/v1/incidents", { title }));
  return `/v1/incidents/${id}`;
}

const duties = async (path = at): Promise<IncidentDuties> =>
  good<IncidentDuties>(await server.get("author", `${path}/duties`));

function the(all: IncidentDuties, rule: string): IncidentDuties["duties"][number] {
  const found = all.duties.find((one) => one.rule.id === rule);
  if (found === undefined) throw new Error(`no duty ${rule}`);
  return found;
}

test("a market and a start event set its clocks running: countdown, zone, what the notice must hold, source and state, and no legal advice", async () => {
  expect((await duties()).duties).toEqual([]);
  good(await server.post("author", `${at}/duties/markets`, { markets: ["SE", "US-NY", "BR"] }));
  const awareAt = ago(10);
  good(
    await server.post("author", `${at}/duties/events`, {
      event: "awareness",
      at: awareAt,
      name: "Grace Hopper",
    }),
  );
  const all = await duties();
  expect(all).toMatchObject({ notLegalAdvice: true, markets: ["BR", "SE", "US-NY"] });
  expect(all.starts).toMatchObject([
    { event: "awareness", at: awareAt, name: "Grace Hopper", stands: true, recorded: { by: "author" } },
  ]);
  const gdpr = the(all, "eu-gdpr-33");
  expect(gdpr).toMatchObject({
    status: "running",
    startedAt: awareAt,
    dueAt: new Date(Date.parse(awareAt) + 72 * hourMs).toISOString(),
    rule: { timeZone: "Europe/Brussels", clock: { unit: "hours", count: 72 }, state: "secondary" },
  });
  expect(gdpr.leftMs).toBe(Date.parse(gdpr.dueAt ?? "") - Date.parse(all.at));
  expect(gdpr.rule.contents).toContain("consequences");
  // Business days know their holidays; what the sources disagree about says so.
  expect(the(all, "br-anpd")).toMatchObject({
    rule: { clock: { unit: "business-days" } },
    holidaysKnown: true,
  });
  expect(the(all, "us-ny-individuals")).toMatchObject({
    status: "waiting",
    waitsFor: "determination",
    rule: { state: "conflict" },
  });
  for (const { rule } of all.duties) expect(rule.source.title).not.toBe("");
});

test("a known awareness is moved later only with a reason; both times, who decided and who recorded stay on record", async () => {
  const path = await opened("moved");
  good(await server.post("author", `${path}/duties/markets`, { markets: ["SE"] }));
  const first = ago(30);
  const later = ago(20);
  const event = (body: object) =>
    server.post("author", `${path}/duties/events`, { event: "awareness", ...body });
  good(await event({ at: ago(25) }));
  good(await event({ at: first }));
  expect(problemIn(await event({ at: later }))).toMatchObject({ status: 409, code: "ERR_DUTY" });
  expect(the(await duties(path), "eu-gdpr-33").startedAt).toBe(first);
  good(await event({ at: later, because: "the report was of another system" }));
  const all = await duties(path);
  expect(the(all, "eu-gdpr-33").startedAt).toBe(later);
  expect(all.starts.map(({ stands }) => stands)).toEqual([false, false, true]);
  expect(all.starts[2]).toMatchObject({ before: first, because: "the report was of another system" });
  expect(problemIn(await event({ at: new Date(Date.now() + hourMs).toISOString() })).code).toBe("ERR_DUTY");
  const { entries } = good<Timeline>(await server.get("author", `${path}/timeline`));
  expect(entries.filter(({ what }) => what.startsWith("awareness at"))).toHaveLength(3);
});

test("a duty is done with a reference, found not to apply by an approver with a reason, and opened again", async () => {
  const done = `${at}/duties/eu-nis2-notification/completion`;
  expect((await server.post("author", done, { at: ago(1) })).status).toBe(400);
  const answered = await server.post("author", done, {
    at: ago(1),
    reference: "CERT-SE-1",
    authority: "CERT-SE",
  });
  expect(the(good<IncidentDuties>(answered), "eu-nis2-notification")).toMatchObject({
    status: "done",
    leftMs: null,
    settled: { outcome: "done", reference: "CERT-SE-1", authority: "CERT-SE", recorded: { by: "author" } },
  });
  // What comes after it has begun.
  expect(the(await duties(), "eu-nis2-final").status).toBe("running");
  const waiver = `${at}/duties/eu-nis2-warning/waiver`;
  const because = "no essential entity";
  expect(problemIn(await server.post("author", waiver, { because })).code).toBe("ERR_ROLE");
  const waived = good<IncidentDuties>(await server.post("approver", waiver, { because, name: "Ana" }));
  expect(the(waived, "eu-nis2-warning")).toMatchObject({
    status: "waived",
    settled: { outcome: "not-applicable", because, name: "Ana", recorded: { by: "approver" } },
  });
  good(await server.post("author", `${at}/duties/eu-nis2-warning/reopening`, { because: "it is one" }));
  expect(the(await duties(), "eu-nis2-warning").status).toBe("running");
  expect(problemIn(await server.post("author", `${at}/duties/xx/reopening`, { because: "x" })).code).toBe(
    "ERR_DUTY",
  );
});

test("the same command with the same key acts once, and everything is there after a restart", async () => {
  const key = { "idempotency-key": "duty-1" };
  const body = { event: "determination", at: ago(2) };
  for (let i = 0; i < 2; i++) good(await server.post("author", `${at}/duties/events`, body, key));
  const before = await duties();
  expect(before.starts.filter(({ event }) => event === "determination")).toHaveLength(1);
  await server.close();
  await server.open();
  const after = await duties();
  expect(after.starts).toEqual(before.starts);
  expect(after.duties.map(({ rule, dueAt }) => [rule.id, dueAt])).toEqual(
    before.duties.map(({ rule, dueAt }) => [rule.id, dueAt]),
  );
});

test("that a duty is due soon, or overdue, stands in the incident's view, its stream, its timeline, on the page and in metrics, without anybody's word", async () => {
  const soonPath = await opened("soon");
  const latePath = await opened("late");
  for (const [path, hours] of [
    [soonPath, 60],
    [latePath, 80],
  ] as const) {
    good(await server.post("author", `${path}/duties/markets`, { markets: ["GB"] }));
    good(await server.post("author", `${path}/duties/events`, { event: "awareness", at: ago(hours) }));
  }
  const noted = async (path: string): Promise<readonly string[]> =>
    good<Timeline>(await server.get("author", `${path}/timeline`))
      .entries.filter(({ by }) => by === "cordon")
      .map(({ what }) => what);
  const soon = await until(
    () => noted(soonPath),
    (lines) => lines.length > 0,
  );
  expect(soon.every((what) => /^duty gb-\S+ is due /.test(what))).toBe(true);
  const late = await until(
    () => noted(latePath),
    (lines) => lines.length > 1,
  );
  expect(late.every((what) => /^duty gb-\S+ was due /.test(what))).toBe(true);
  const view = good<Incident>(await server.get("author", latePath));
  const shown = view.duties.find(({ rule }) => rule === "gb-gdpr-33");
  expect(shown).toMatchObject<Partial<DutySummary>>({ status: "overdue", market: "GB", state: "secondary" });
  expect(good<Incident>(await server.get("author", soonPath)).duties).toContainEqual(
    expect.objectContaining({ rule: "gb-gdpr-33", status: "running", soon: true }),
  );

  const over = new AbortController();
  const headers = { authorization: `Bearer ${await server.token("author")}`, "last-event-id": "0" };
  const stream = await fetch(`${server.url}/v1/events`, { headers, signal: over.signal });
  let told = "";
  for await (const chunk of stream.body ?? []) {
    told += Buffer.from(chunk as Uint8Array).toString("utf8");
    if (told.includes("event: duty-overdue\n") && told.includes("event: duty-due-soon\n")) break;
  }
  over.abort();

  const metrics = await (await fetch(`${server.url}/metrics`)).text();
  expect(metrics).toMatch(/^cordon_duties\{status="overdue"\} [1-9]/m);
  expect(metrics).toMatch(/^cordon_duties\{status="soon"\} [1-9]/m);
  // Whether a deadline has passed says nothing about whether the server can take requests.
  expect((await fetch(`${server.url}/readyz`)).status).toBe(200);
  const page = await (await fetch(`${server.url}/`)).text();
  expect(page).toContain("not legal advice");
  expect(page).toMatch(/gb-gdpr-33[\s\S]*?overdue/);
});

test("the form of GDPR article 33 is filled from claims that hold, and from nothing of a claim that fell", async () => {
  const path = await opened("form");
  good(await server.post("author", `${path}/duties/markets`, { markets: ["SE"] }));
  const form = async (): Promise<AuthorityForm> =>
    good<AuthorityForm>(await server.get("author", `${path}/duties/eu-gdpr-33/form`));
  const field = ({ fields }: AuthorityForm, name: string): string | null | undefined =>
    fields.find((one) => one.field === name)?.text;
  const empty = await form();
  expect(empty).toMatchObject({ notLegalAdvice: true, claims: [], inPhases: true, state: "secondary" });
  expect(field(empty, "approximate number of data subjects")).toBeNull();

  const { answerDigest, assumptions } = good<Answer>(
    await server.post("author", `${path}/answers`, { map: dataMap, question, evidence: "first" }),
  );
  for (const assumption of assumptions)
    good(await server.post("author", `${path}/assumptions`, { answerDigest, assumption }));
  const claim = good<{ id: string }>(await server.post("author", `${path}/claims`, { answerDigest }));
  const awareAt = ago(5);
  good(await server.post("author", `${path}/duties/events`, { event: "awareness", at: awareAt }));
  const drafted = good<Notice>(
    await server.post("author", `${path}/notices`, {
      service: "Overture",
      signature: { name: "Ada Lovelace", role: "CTO" },
      contact: { email: "help@overture.example" },
      cause: "stolen_credentials",
      done: ["credentials_revoked"],
    }),
  );
  // What only one person has drafted is not yet what the service says.
  expect(field(await form(), "controller")).toBeNull();
  good(await server.post("approver", `${path}/notices/${drafted.id}/approvals`));
  await until(
    async () => good<Notice>(await server.get("author", `${path}/notices/${drafted.id}`)),
    ({ state }) => state === "sent",
  );
  const filled = await form();
  expect(filled.claims).toEqual([claim.id]);
  expect(field(filled, "controller")).toBe("Overture");
  expect(field(filled, "became aware")).toBe(awareAt);
  expect(field(filled, "nature of the breach")).toMatch(/^unauthorised access.*cause: stolen credentials$/);
  expect(field(filled, "approximate number of data subjects")).toBe("exactly 1");
  expect(field(filled, "categories of personal data")).toContain("not accessed: user.authorization.password");
  expect(field(filled, "data protection officer or contact point")).toContain("help@overture.example");
  expect(field(filled, "measures taken")).toBe("credentials revoked");
  expect(field(filled, "likely consequences")).toBeNull();
  expect(JSON.stringify(filled)).not.toContain("u-1");

  await writeEvidence(join(server.home, "evidence", "more"), ["u-1", "u-7"]);
  good(await server.post("author", `${path}/answers`, { map: dataMap, question, evidence: "more" }));
  const fallen = await form();
  expect(fallen.claims).toEqual([]);
  expect(fallen.leftOut).toMatchObject([{ claim: claim.id }]);
  expect(field(fallen, "approximate number of data subjects")).toBeNull();
  expect(field(fallen, "categories of personal data")).toBeNull();

  expect((await server.get("author", `${path}/duties/br-anpd/form`)).status).toBe(404);
  expect((await server.get(null, `${path}/duties/eu-gdpr-33/form`)).status).toBe(401);
});
