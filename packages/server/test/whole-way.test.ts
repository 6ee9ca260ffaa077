import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { createHash } from "node:crypto";
import type { Answer, Claim, Incident, Notice, Plan, Status } from "@cordon/contract";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { approveByTwo } from "./support/approve.ts";
import { dataMap, question, writeDirectory, writeEvidence } from "./support/incident-material.ts";
import { good, problemIn, TestServer, until } from "./support/test-server.ts";

const notice = {
  service: "Overture",
  signature: { name: "Ada Lovelace", role: "CTO" },
  contact: { email: "help@overture.example" },
};

describe("one incident from the first question to the all clear", () => {
  let server: TestServer;
  let incident: Incident;
  let at: string;
  let answer: Answer;
  let plan: Plan;

  beforeAll(async () => {
    server = await TestServer.start(30);
    incident = good<Incident>(
      await server.post("author", "/v1/incidents", { title: "access to internal systems" }),
    );
    at = `/v1/incidents/${incident.id}`;
  });
  afterAll(() => server.end());

  test("a question is answered on the server, from evidence under HOME/evidence and the directory's population", async () => {
    answer = good<Answer>(
      await server.post("author", `${at}/answers`, { map: dataMap, question, evidence: "first" }),
    );
    expect(answer.accounts).toEqual({ kind: "exactly", atLeast: 1, atMost: 1 });
    expect(answer.accountIds).toEqual(["u-1"]);
    expect(answer.dataClasses.notAccessed).toEqual(["user.authorization.password"]);
  });

  test("a claim is refused until a named person has accepted each assumption", async () => {
    const { answerDigest } = answer;
    const refused = problemIn(await server.post("author", `${at}/claims`, { answerDigest }));
    expect(refused.status).toBe(409);
    expect(refused.reasons).toHaveLength(answer.assumptions.length);
    for (const assumption of answer.assumptions) {
      good(
        await server.post("author", `${at}/assumptions`, { answerDigest, assumption, name: "Grace Hopper" }),
      );
    }
    const claim = good<Claim>(await server.post("author", `${at}/claims`, { answerDigest }));
    expect(claim).toMatchObject({ holds: true, accounts: { kind: "exactly", atLeast: 1, atMost: 1 } });
  });

  test("a plan comes into force with the approvals of two others, its cutoff the instant before the directory was fetched", async () => {
    const drafted = good<Plan>(
      await server.post("author", `${at}/plans`, {
        measures: [
          {
            id: "reauth",
            measure: "reauthenticate",
            cohort: { directory: { market: "SE" } },
            rollout: { over: "1s", waves: 4 },
          },
          {
            id: "newpw",
            measure: "change_password",
            cohort: { answer: answer.answerDigest },
            because: "exposure",
          },
          {
            id: "android",
            measure: "upgrade",
            where: { platform: "android" },
            below: "1.1.0",
            stores: { "google-play": { available: "2014-05-27T10:00:00Z" } },
          },
          { id: "offline", measure: "redownload", where: { platform: "android" }, epoch: 2 },
          { id: "trusted", measure: "refuse_client", cohort: { everyone: true }, trusted: ["google-play"] },
        ],
      }),
    );
    expect(drafted.state).toBe("drafted");
    expect((await server.get("enforcement", "/bundles/current")).status).toBe(404);
    const approved = await approveByTwo(server, `${at}/plans/${drafted.id}`);
    expect(approved.approved?.by).toBe("second-approver");
    expect(approved.asked).toMatchObject({ reachAccounts: 30, needed: 2, authors: ["author"] });
    plan = await until(
      async () => good<Plan>(await server.get("author", `${at}/plans/${drafted.id}`)),
      (one) => one.state === "in-force",
    );
    expect(plan.inForce?.cohorts).toEqual({ reauth: 15, newpw: 1 });
    const status = good<Status>(await server.get("author", "/v1/status"));
    expect(plan.inForce?.cutoff).toBe(status.bundle?.asOf);
    expect(status.directory?.asOf).toBe(status.bundle?.asOf);
  });

  test("the bundle in force is served with an ETag and is the file that the journal names", async () => {
    const served = await fetch(`${server.url}/bundles/current`, {
      headers: { authorization: `Bearer ${await server.token("enforcement")}` },
    });
    expect(served.status).toBe(200);
    const bytes = Buffer.from(await served.arrayBuffer());
    const { bundle } = good<Status>(await server.get("author", "/v1/status"));
    expect(createHash("sha256").update(bytes).digest("hex")).toBe(bundle?.sha256);
    // On record and served first: it is given its name after that.
    const written = await until(
      () => readFile(join(server.home, "bundles", "1.bundle")).catch(() => null),
      (file) => file !== null,
    );
    expect(written?.equals(bytes)).toBe(true);
    const etag = served.headers.get("etag") ?? "";
    expect((await server.get("enforcement", "/bundles/current", { "if-none-match": etag })).status).toBe(304);
    expect((await server.get("enforcement", "/bundles/current", { "if-none-match": '"other"' })).status).toBe(
      200,
    );
  });

  test("the affected person's notice is confirmed before the mail to all, one message a person", async () => {
    const drafted = good<Notice>(await server.post("author", `${at}/notices`, notice));
    expect(problemIn(await server.post("author", `${at}/notices/${drafted.id}/approvals`)).status).toBe(403);
    good(await server.post("approver", `${at}/notices/${drafted.id}/approvals`));
    const sent = await until(
      async () => good<Notice>(await server.get("author", `${at}/notices/${drafted.id}`)),
      (one) => one.state === "sent",
    );
    expect(sent.total).toEqual({
      planned: 30,
      delivered: 30,
      failed: 0,
      unknown: 0,
      pending: 0,
      unreachable: 0,
    });
    expect(sent.affected.delivered).toBe(1);
    const [first, ...others] = server.sink.mails;
    expect(first?.to).toBe("u-1@example.net");
    expect(new Set(others.map((mail) => mail.to)).size).toBe(29);
    expect(others.every((mail) => mail.subject !== first?.subject)).toBe(true);
  });

  test("the all clear is refused while something is unfinished, saying what", async () => {
    const second = good<Plan>(
      await server.post("author", `${at}/plans`, {
        measures: [{ id: "late", measure: "upgrade", below: "2.0", required: "2999-01-01T00:00:00Z" }],
      }),
    );
    const secondPlan = `${at}/plans/${second.id}`;
    await approveByTwo(server, secondPlan);
    await until(
      async () => good<Plan>(await server.get("author", secondPlan)),
      (one) => one.state === "in-force",
    );
    expect(problemIn(await server.post("author", `${at}/all-clear`))).toMatchObject({
      status: 403,
      code: "ERR_ROLE",
    });
    expect(problemIn(await server.post("approver", `${at}/all-clear`)).code).toBe("ERR_STAGE");
    for (const to of ["investigating", "contained", "recovering"])
      good(await server.post("author", `${at}/stage`, { to, because: "it goes on" }));
    const refused = problemIn(await server.post("approver", `${at}/all-clear`));
    expect(refused).toMatchObject({ status: 409, code: "ERR_UNFINISHED" });
    // The first plan's waves may still be opening.
    expect(refused.reasons).toContain("`late` is required only from 2999-01-01T00:00:00.000Z");
    await approveByTwo(server, secondPlan, { act: "lift", because: "it was for the test" });
    const lifted = await until(
      async () => good<Plan>(await server.get("author", secondPlan)),
      (one) => one.state === "lifted",
    );
    expect(lifted.liftedInBundle).toBe(3);
  });

  test("a measure keeps its cutoff in later bundles, although the directory was fetched anew", async () => {
    const now = good<Plan>(await server.get("author", `${at}/plans/${plan.id}`));
    expect(now.inForce).toEqual(plan.inForce);
    const { bundle } = good<Status>(await server.get("author", "/v1/status"));
    expect(bundle?.version).toBe(3);
    expect(bundle?.asOf).not.toBe(plan.inForce?.cutoff);
    expect(bundle?.rules.map((rule) => rule.id)).toEqual([
      "reauth",
      "newpw",
      "android",
      "offline",
      "trusted",
    ]);
    const file = join(server.home, "bundles", "3.bundle");
    const written = await until(
      () => readFile(file).catch(() => null),
      (bytes) => bytes !== null,
    );
    const text = written?.toString("latin1") ?? "";
    expect(text).toContain(`"cutoff":"${plan.inForce?.cutoff ?? ""}"`);
    expect(text).not.toContain(`"cutoff":"${bundle?.asOf ?? ""}"`);
  });

  test("then the all clear ends the incident, and everything stays on record after a restart", async () => {
    const ended = await until(
      () => server.post("approver", `${at}/all-clear`),
      (one) => one.status !== 409,
    );
    expect(good<Incident>(ended).status).toBe("all-clear");
    const before = good<Status>(await server.get("author", "/v1/status"));
    await server.close();
    await server.open();
    const after = good<Status>(await server.get("author", "/v1/status"));
    expect(after.incidents).toEqual(before.incidents);
    expect(after.bundle).toEqual(before.bundle);
    expect((await server.get("enforcement", "/bundles/current")).status).toBe(200);
    expect(
      problemIn(await server.post("author", `${at}/claims`, { answerDigest: answer.answerDigest })).code,
    ).toBe("ERR_INCIDENT_CLOSED");
  });
});

describe("a later answer that says otherwise", () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await TestServer.start(300);
  });
  afterAll(() => server.end());

  test("a claim that no longer holds stops the sending and says so", async () => {
    await writeDirectory(server.directoryFile, 300);
    const { id } = good<Incident>(await server.post("author", "/v1/incidents", { title: "second" }));
    const at = `/v1/incidents/${id}`;
    const { answerDigest, assumptions } = good<Answer>(
      await server.post("author", `${at}/answers`, { map: dataMap, question, evidence: "first" }),
    );
    for (const assumption of assumptions)
      good(await server.post("author", `${at}/assumptions`, { answerDigest, assumption }));
    good(await server.post("author", `${at}/claims`, { answerDigest }));
    const drafted = good<Notice>(await server.post("author", `${at}/notices`, notice));
    let release = (): void => undefined;
    server.sink.hold = new Promise((resolve) => (release = resolve));
    good(await server.post("approver", `${at}/notices/${drafted.id}/approvals`));
    await writeEvidence(join(server.home, "evidence", "second"), ["u-1", "u-7"]);
    good(await server.post("author", `${at}/answers`, { map: dataMap, question, evidence: "second" }));
    const now = good<Incident>(await server.get("author", at));
    expect(now.claims[0]).toMatchObject({ holds: false });
    release();
    const stopped = await until(
      async () => good<Notice>(await server.get("author", `${at}/notices/${drafted.id}`)),
      (one) => one.state === "stopped",
    );
    expect(stopped.stopped?.because).toMatch(/no longer holds/);
    expect(server.sink.mails.length).toBeLessThan(300);
    expect(problemIn(await server.post("author", `${at}/notices`, notice)).code).toBe(
      "ERR_CLAIM_DOES_NOT_HOLD",
    );
  });
});
