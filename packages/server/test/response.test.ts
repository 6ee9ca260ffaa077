import { once } from "node:events";
import { createServer } from "node:http";
import { createHash, randomBytes } from "node:crypto";
import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import {
  attachmentBytesMax,
  type Attachment,
  type Fallout,
  type Incident,
  type Note,
  type Plan,
  type PlanProgress,
  type Preview,
  type Samples,
  type Task,
  type Timeline,
  type WaveProposal,
} from "@cordon/contract";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { approveByTwo } from "./support/approve.ts";
import { good, problemIn, TestServer, until } from "./support/test-server.ts";

/** What a Prometheus would measure; null: no series. */
const measured: { value: string | null } = { value: "0.01" };
const prometheus = createServer((request, response) => {
  const query = new URL(request.url ?? "", "http://x").searchParams.get("query");
  const at = Date.now() / 1000;
  const series = measured.value === null ? [] : [{ metric: { query }, value: [at, measured.value] }];
  response.end(JSON.stringify({ status: "success", data: { resultType: "vector", result: series } }));
});

let server: TestServer;
let at: string;

beforeAll(async () => {
  prometheus.listen(0, "127.0.0.1");
  await once(prometheus, "listening");
  const address = prometheus.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  const queries = new Map([["sign-in-failures", 'rate(failures{why="x"}[1m])']]);
  const rates = { url: `http://127.0.0.1:${port}`, token: null, queries, everyMs: 100 };
  server = await TestServer.start(40);
  await server.close();
  await server.open({ rates });
  at = `/v1/incidents/${good<Incident>(await server.post("author", "/v1/incidents", { title: "t" })).id}`;
});
afterAll(async () => {
  await server.end();
  prometheus.close();
});

const reauth = {
  id: "reauth",
  measure: "reauthenticate",
  cohort: { directory: { market: "SE" } },
  rollout: { over: "1h", waves: 4 },
};
const terms = {
  canary: { cohort: { accounts: ["u-0"] }, forMs: 1 },
  limits: [{ rate: "sign-in-failures", atMost: 0.05, silenceMs: 60_000 }],
};

describe("an approval", () => {
  test("nobody approves what they drafted or asked for themselves, however many roles they have", async () => {
    const measures = [{ id: "own", measure: "reauthenticate", cohort: { everyone: true } }];
    const plan = good<Plan>(await server.post("approver", `${at}/plans`, { measures }));
    const path = `${at}/plans/${plan.id}`;
    const { asked } = good<Plan>(await server.post("second-approver", `${path}/asking`, { act: "plan" }));
    for (const role of ["approver", "second-approver"] as const) {
      const refused = problemIn(await server.post(role, `${path}/approvals`, { digest: asked?.digest }));
      expect(refused).toMatchObject({ status: 403, code: "ERR_OWN_APPROVAL" });
    }
    expect(
      problemIn(await server.post("author", `${path}/approvals`, { digest: asked?.digest })),
    ).toMatchObject({
      status: 403,
      code: "ERR_ROLE",
    });
    expect(good<Plan>(await server.get("author", path)).state).toBe("drafted");
  });

  test("an approval of what was edited since is refused, and so is one given twice", async () => {
    const draft = (below: string) => ({ measures: [{ id: "edited", measure: "upgrade", below }] });
    const plan = good<Plan>(await server.post("author", `${at}/plans`, draft("1.0")));
    const path = `${at}/plans/${plan.id}`;
    const first = good<Plan>(await server.post("author", `${path}/asking`, { act: "plan" }));
    const before = { digest: first.asked?.digest };
    good(await server.post("approver", `${path}/approvals`, before));
    expect(problemIn(await server.post("approver", `${path}/approvals`, before)).code).toBe(
      "ERR_APPROVAL_REPEATED",
    );
    const edited = good<Plan>(await server.post("author", `${path}/revisions`, draft("2.0")));
    expect(edited.asked).toBeNull();
    expect(problemIn(await server.post("second-approver", `${path}/approvals`, before)).code).toBe(
      "ERR_NOT_ASKED",
    );
    good(await server.post("author", `${path}/asking`, { act: "plan" }));
    expect(problemIn(await server.post("second-approver", `${path}/approvals`, before)).code).toBe(
      "ERR_APPROVAL_STALE",
    );
    expect(good<Plan>(await server.get("author", path)).asked?.approvals).toEqual([]);
  });
});

describe("a run", () => {
  let path: string;

  test("waits for its approvals, begins with its canary, and only then opens its waves", async () => {
    const plan = good<Plan>(await server.post("author", `${at}/plans`, { measures: [reauth], terms }));
    path = `${at}/plans/${plan.id}`;
    expect(problemIn(await server.post("author", `${path}/run/start`)).code).toBe("ERR_RUN_STATE");
    await approveByTwo(server, path);
    expect(problemIn(await server.post("author", `${path}/run/promotion`)).code).toBe("ERR_RUN_STATE");
    good(await server.post("author", `${path}/run/start`));
    const canary = await inForce();
    expect(canary).toMatchObject({
      state: "in-force",
      run: { phase: "canary" },
      inForce: { cohorts: { reauth: 1 } },
    });
    good(await server.post("author", `${path}/run/promotion`));
    expect(await inForce()).toMatchObject({ run: { phase: "running", stage: 0 } });
    const progress = good<PlanProgress>(await server.get("author", `${path}/progress`));
    expect(progress.measures).toMatchObject([{ measureId: "reauth", people: 20, wavesOpen: 1, waves: 4 }]);
    const { bundle } = good<{ bundle: { rules: { id: string }[] } }>(
      await server.get("author", "/v1/status"),
    );
    expect(bundle.rules.map(({ id }) => id)).toEqual(["reauth", "reauth-canary"]);
  });

  const inForce = () =>
    until(
      async () => good<Plan>(await server.get("author", path)),
      (plan) => plan.state === "in-force" && plan.publishing === null,
    );

  test("stops by itself when a rate that Prometheus measures passes its limit", async () => {
    measured.value = "0.2";
    const paused = await until(
      async () => good<Plan>(await server.get("author", path)),
      (plan) => plan.run?.phase === "paused",
    );
    expect(paused.run?.paused).toMatchObject({
      by: "cordon",
      because: "`sign-in-failures` is 0.2, over its limit of 0.05",
    });
    const refused = problemIn(await server.post("author", `${path}/run/resume`, { because: "b" }));
    expect(refused).toMatchObject({ status: 409, code: "ERR_RATE_OVER_LIMIT" });
    measured.value = "0.01";
    await until(
      async () => good<Samples>(await server.get("author", "/v1/samples")),
      ({ samples }) => samples[0]?.value === 0.01,
    );
    expect(
      good<Plan>(await server.post("author", `${path}/run/resume`, { because: "well again" })).run?.phase,
    ).toBe("running");
  });

  test("stops by a webhook's sample too, whoever of the operators or points sends it", async () => {
    await inForce();
    measured.value = null;
    const samples = [{ rate: "sign-in-failures", value: 9 }];
    good(await server.post("enforcement", "/v1/samples", { samples }));
    await until(
      async () => good<Plan>(await server.get("author", path)),
      (plan) => plan.run?.phase === "paused",
    );
    measured.value = "0.01";
  });

  test("is lifted by the approvals of two, and rolled back with that", async () => {
    const refused = problemIn(await server.post("author", `${path}/asking`, { act: "lift" }));
    expect(refused.status).toBe(400);
    await approveByTwo(server, path, { act: "lift", because: "it was a test" });
    const lifted = await until(
      async () => good<Plan>(await server.get("author", path)),
      (plan) => plan.state === "lifted",
    );
    expect(lifted.run?.phase).toBe("rolled-back");
  });
});

test("break-glass stands in for missing approvals, loudly, and somebody else must review it", async () => {
  const plan = good<Plan>(
    await server.post("author", `${at}/plans`, { measures: [{ ...reauth, id: "glass" }], terms }),
  );
  const path = `${at}/plans/${plan.id}`;
  const { asked } = good<Plan>(await server.post("author", `${path}/asking`, { act: "plan" }));
  const digest = asked?.digest ?? "";
  good(await server.post("author", `${path}/break-glass`, { digest, because: "nobody answers" }));
  const review = { digest, justified: true, because: "it could not wait" };
  expect(problemIn(await server.post("author", `${at}/break-glass/reviews`, review)).status).toBe(403);
  expect(good<Incident>(await server.get("author", at)).unfinished.join()).toMatch(/broke the glass/);
  expect(good(await server.post("approver", `${at}/break-glass/reviews`, review))).toMatchObject({
    approvalsHad: 0,
    approvalsNeeded: 2,
    review: { by: "approver", justified: true },
  });
});

test("the preview says whom a plan concerns, what it changes and what load to expect, before it is approved", async () => {
  const plan = good<Plan>(
    await server.post("author", `${at}/plans`, {
      measures: [{ id: "preview", measure: "reauthenticate", cohort: { directory: { market: "SE" } } }],
    }),
  );
  const path = `${at}/plans/${plan.id}`;
  const backByHour = Array.from({ length: 168 }, () => 4);
  const profile = { groups: [{ people: 40, backByHour }], atOnce: null };
  const preview = good<Preview>(
    await server.post("author", `${path}/preview`, { profile, signInsPerSecondMax: 0.0001, hours: 24 }),
  );
  expect(preview).toMatchObject({
    people: 20,
    measures: [{ measureId: "preview", people: 20, byMarket: { SE: 20 } }],
    difference: [{ measureId: "preview", change: "new" }],
    isWithinBudget: false,
  });
  expect(preview.hours.length).toBe(25);
  expect(preview.hours.reduce((sum, hour) => sum + hour.signIns, 0)).toBeGreaterThan(10);
  expect(preview.warnings.join()).toMatch(/the budget is 0.0001/);
  const waves = good<WaveProposal>(
    await server.post("author", `${path}/waves`, { profile, signInsPerSecondMax: 0.001, overHoursMax: 72 }),
  );
  expect(waves.measures).toMatchObject([{ measureId: "preview", people: 20, fits: true }]);
  const wrong = { profile: { ...profile, groups: [{ people: 1, backByHour }] } };
  expect(problemIn(await server.post("author", `${path}/preview`, wrong))).toMatchObject({
    status: 422,
    code: "ERR_PROFILE",
  });
});

describe("what people write down", () => {
  test("notes, tasks, severity and stages stand on the timeline, page by page", async () => {
    const note = good<Note>(
      await server.post("author", `${at}/notes`, { text: "first sign", occurredAt: "2014-05-26T09:00:00Z" }),
    );
    const task = good<Task>(await server.post("author", `${at}/tasks`, { title: "rotate keys" }));
    good(await server.post("approver", `${at}/tasks/${task.id}/outcome`, { outcome: "done" }));
    good(await server.post("author", `${at}/severity`, { severity: "high", because: "accounts were read" }));
    good(await server.post("author", `${at}/stage`, { to: "investigating", because: "it goes on" }));
    expect(
      problemIn(await server.post("author", `${at}/stage`, { to: "recovering", because: "b" })).code,
    ).toBe("ERR_STAGE");
    expect(problemIn(await server.post("author", `${at}/notes`, { text: "  " }))).toMatchObject({
      status: 422,
      code: "ERR_TEXT",
    });
    const all: Timeline["entries"] = [];
    let next: string | null = "";
    while (next !== null) {
      const cursor: string = next === "" ? "" : `&cursor=${next}`;
      const page: Timeline = good<Timeline>(await server.get("author", `${at}/timeline?limit=3${cursor}`));
      expect(page.entries.length).toBeLessThanOrEqual(3);
      all.push(...page.entries);
      next = page.next;
    }
    expect(all[0]).toMatchObject({ at: "2014-05-26T09:00:00.000Z", what: "first sign", about: note.id });
    expect(all.map(({ what }) => what)).toEqual(
      expect.arrayContaining(["task finished: done", "detected → investigating: it goes on", "run started"]),
    );
    for (const wrong of ["limit=0", "limit=501", "limit=x", "cursor=q"])
      expect(problemIn(await server.get("author", `${at}/timeline?${wrong}`)).status, wrong).toBe(422);
    expect(good<Fallout>(await server.get("author", `${at}/fallout`)).claims).toEqual([]);
  });

  test("roles are granted by an administrator alone, never by anybody else", async () => {
    const refused = problemIn(
      await server.post("approver", `${at}/people`, { person: "author", role: "approver" }),
    );
    expect(refused).toMatchObject({ status: 403, code: "ERR_ROLE" });
  });
});

describe("an attachment", () => {
  const attach = async (
    name: string,
    body: Uint8Array | ReadableStream,
    role: "author" | "enforcement" | "approver" = "author",
  ) =>
    fetch(`${server.url}${at}/attachments`, {
      method: "POST",
      headers: {
        authorization: `Bearer ${await server.token(role)}`,
        "content-type": "application/octet-stream",
        "attachment-name": encodeURIComponent(name),
      },
      body,
      duplex: "half",
    } as unknown as RequestInit);

  test("rests sealed under its id, whatever it is called, and comes back as it was", async () => {
    const bytes = randomBytes(70_000);
    const response = await attach("bericht – März.pdf", bytes);
    const attached = (await response.json()) as Attachment;
    expect(response.status).toBe(201);
    const sha256 = createHash("sha256").update(bytes).digest("hex");
    expect(attached).toMatchObject({ name: "bericht – März.pdf", sha256, bytes: bytes.length });
    const file = join(server.home, "attachments", at.split("/").at(-1) ?? "", attached.id);
    expect((await readFile(file)).includes(bytes.subarray(0, 32))).toBe(false);
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    const back = await fetch(`${server.url}${at}/attachments/${attached.id}`, {
      headers: { authorization: `Bearer ${await server.token("approver")}` },
    });
    expect(Buffer.from(await back.arrayBuffer()).equals(bytes)).toBe(true);
    expect(back.headers.get("content-disposition")).toMatch(/^attachment; /);
  });

  test.each(["../../keys/x", "..", "a/b", "a\\b", "\u0000", ""])(
    "named %j is refused, and leaves nothing",
    async (name) => {
      const before = await readdir(join(server.home, "attachments"));
      expect((await attach(name, randomBytes(10))).status).toBe(422);
      expect(await readdir(join(server.home, "attachments"))).toEqual(before);
    },
  );

  test.each(["..%2f..%2fkeys%2fbundle.private.pem", "%2e%2e", "file-0000000000000000"])(
    "asked for as %s is not found",
    async (id) => {
      expect((await server.get("author", `${at}/attachments/${id}`)).status).toBe(404);
    },
  );

  test("of more than its limit is refused, told or found out, and leaves nothing; so is one of somebody without the role", async () => {
    const before = await readdir(join(server.home, "attachments"));
    const piece = new Uint8Array(1 << 20);
    let left = attachmentBytesMax / piece.length + 1;
    const endless = new ReadableStream({
      pull(controller) {
        if (left-- > 0) controller.enqueue(piece);
        else controller.close();
      },
    });
    const status = await attach("large.bin", endless).then(
      (response) => response.status,
      () => 413,
    );
    expect([413, 422]).toContain(status);
    expect((await attach("x", new Uint8Array(1), "enforcement")).status).toBe(403);
    expect(await readdir(join(server.home, "attachments"))).toEqual(before);
  });
});
