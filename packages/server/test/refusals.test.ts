import { mkdir, readFile, stat, symlink } from "node:fs/promises";
import { once } from "node:events";
import { request, type IncomingMessage } from "node:http";
import { join } from "node:path";
import { createServer } from "node:net";
import { bodyBytesMax, endpoints, type Endpoint, type Incident, type Plan } from "@cordon/contract";
import { startServer } from "@cordon/server";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { approveByTwo } from "./support/approve.ts";
import { dataMap, question } from "./support/incident-material.ts";
import { good, problemIn, TestServer, until } from "./support/test-server.ts";

let server: TestServer;
let at: string;
beforeAll(async () => {
  server = await TestServer.start(5);
  at = `/v1/incidents/${good<Incident>(await server.post("author", "/v1/incidents", { title: "t" })).id}`;
});
afterAll(() => server.end());

/** As it stands: `fetch` would tidy the path up first. */
async function rawGet(
  path: string,
  headers: Record<string, string> = {},
): Promise<{ status: number; text: string }> {
  const sent = request(`${server.url}/`, { path, headers });
  sent.end();
  const [response] = (await once(sent, "response")) as [IncomingMessage];
  let text = "";
  for await (const chunk of response) text += String(chunk);
  return { status: response.statusCode ?? 0, text };
}

describe("who may do what", () => {
  const protectedEndpoints = Object.values<Endpoint>(endpoints).filter(
    (endpoint) => endpoint.roles.length > 0,
  );
  const pathOf = (endpoint: Endpoint) => endpoint.path.replaceAll(/\{\w+\}/g, "x");
  const call = (
    endpoint: Endpoint,
    role: "author" | "approver" | "enforcement" | null,
    headers: Record<string, string> = {},
  ) =>
    endpoint.method === "GET"
      ? server.get(role, pathOf(endpoint), headers)
      : server.post(role, pathOf(endpoint), undefined, headers);

  test.each(protectedEndpoints.map((endpoint) => [endpoint.operationId, endpoint] as const))(
    "%s needs a token",
    async (_, endpoint) => {
      const answered = await call(endpoint, null);
      expect(problemIn(answered).status).toBe(401);
      expect(answered.headers.get("www-authenticate")).toBe("Bearer");
    },
  );

  const forOneKind = protectedEndpoints.filter(
    ({ roles }) => !roles.includes("enforcement") || roles.length === 1,
  );
  test.each(forOneKind.map((endpoint) => [endpoint.operationId, endpoint] as const))(
    "%s refuses an operator's token in an enforcement point's place, and the other way round",
    async (_, endpoint) => {
      const other = endpoint.roles.includes("enforcement") ? "approver" : "enforcement";
      expect(problemIn(await call(endpoint, other)).status).toBe(403);
    },
  );

  test("a wrong token is refused, and many of them are slowed down without shutting out the right one", async () => {
    const statuses = new Set<number>();
    for (let i = 0; i < 70; i++) {
      const answered = await server.get(null, "/v1/status", { authorization: `Bearer wrong-${i}` });
      statuses.add(answered.status);
      if (answered.status === 429) expect(Number(answered.headers.get("retry-after"))).toBeGreaterThan(0);
    }
    expect([...statuses]).toEqual([401, 429]);
    expect((await server.get("author", "/v1/status")).status).toBe(200);
  });

  test("tokens and keys lie in files that only their owner reads", async () => {
    for (const file of [
      "operators/author.token",
      "operators/approver.token",
      "operators/second-approver.token",
      "keys/enforcement.token",
      "keys/bundle.private.pem",
    ]) {
      expect((await stat(join(server.home, file))).mode & 0o777, file).toBe(0o600);
    }
    const tokens = await Promise.all(
      (["author", "approver", "second-approver", "enforcement"] as const).map((role) => server.token(role)),
    );
    expect(new Set(tokens).size).toBe(4);
    for (const token of tokens) expect(token.length).toBeGreaterThanOrEqual(43);
  });
});

describe("paths that lead elsewhere", () => {
  test.each([
    "../keys",
    "..",
    ".",
    "a/../../keys",
    "/etc",
    "a//b",
    "",
    "a\\b",
    ".hidden",
    "a/./b",
    "first/../first",
  ])("evidence `%s` is refused", async (evidence) => {
    const refused = problemIn(
      await server.post("author", `${at}/answers`, { map: dataMap, question, evidence }),
    );
    expect([400, 422]).toContain(refused.status);
  });

  test("a link in HOME/evidence that leads out of it is refused", async () => {
    await mkdir(join(server.home, "evidence"), { recursive: true });
    await symlink(join(server.home, "keys"), join(server.home, "evidence", "linked"));
    const refused = problemIn(
      await server.post("author", `${at}/answers`, { map: dataMap, question, evidence: "linked" }),
    );
    expect(refused).toMatchObject({ status: 422, code: "ERR_PLANE_EVIDENCE" });
  });

  test.each([
    "/journal/../keys/enforcement.token",
    "/journal/..%2fkeys%2fenforcement.token",
    "/journal/%2e%2e/keys/enforcement.token",
    "/journal/checkpoints/../../keys/enforcement.token",
    "/journal/..%5ckeys%5cenforcement.token",
    "/journal/%2fetc%2fpasswd",
    "/journal/checkpoint%00",
    "/journal/",
    "/journal/tile",
    "/journal/checkpoints",
  ])("%s is refused", async (path) => {
    const { status, text } = await rawGet(path);
    expect(status).toBe(404);
    expect(text).not.toContain(await server.token("enforcement"));
  });

  test("the journal's own files are served as they lie there", async () => {
    for (const path of [
      "checkpoint",
      "key",
      "checkpoints/index",
      "checkpoints/1",
      "tile/0/000.p/1",
      "tile/entries/000.p/1",
    ]) {
      const { status, text } = await rawGet(`/journal/${path}`);
      expect(status, path).toBe(200);
      // Checkpoint and index grow meanwhile; the rest never changes.
      if (path !== "checkpoint" && !path.endsWith("index"))
        expect(text).toBe(await readFile(join(server.home, "journal", path), "utf8"));
    }
  });
});

describe("requests that are not what an operation takes", () => {
  test("everything is answered with a problem document, also what is not there", async () => {
    expect(problemIn(await server.get("author", "/v1/nothing")).type).toBe("urn:cordon:problem:not-found");
    expect(problemIn(await server.get("author", "/v1/incidents/inc-0000000000000000")).status).toBe(404);
    expect(problemIn(await server.get("author", `${at}/plans/plan-0`)).status).toBe(404);
    expect(
      problemIn(await server.post("author", "/v1/incidents", "{", { "content-type": "application/json" }))
        .status,
    ).toBe(400);
    expect(
      problemIn(await server.post("author", "/v1/incidents", "a=b", { "content-type": "text/plain" })).status,
    ).toBe(415);
    expect(problemIn(await server.post("author", "/v1/incidents")).status).toBe(400);
    expect((await rawGet("/%zz")).status).toBe(404);
  });

  test("a body over the limit is refused before it is read", async () => {
    const body = JSON.stringify({ title: "x".repeat(bodyBytesMax) });
    expect(problemIn(await server.post("author", "/v1/incidents", body)).status).toBe(413);
  });

  test.each([
    [{ title: "" }, "/title"],
    [{ title: "line\nbreak" }, "/title"],
    [{ title: "t", more: 1 }, ""],
    [{}, ""],
  ])("%j is refused at %s", async (body, pointer) => {
    const refused = problemIn(await server.post("author", "/v1/incidents", body));
    expect(refused.status).toBe(400);
    expect(refused.pointer?.startsWith(pointer)).toBe(true);
  });

  test.each([
    ["an unknown class key", { question: { ...question, suspects: [] } }, "/question"],
    [
      "a broken window",
      { question: { ...question, window: { from: "2014-05-26T00:00:00Z", to: "2014-05-20T00:00:00Z" } } },
      "/question/window",
    ],
    ["an unknown format", { map: { ...dataMap, version: 2 } }, "/map/version"],
  ])("map and question with %s are refused with their place", async (_, wrong, pointer) => {
    const refused = problemIn(
      await server.post("author", `${at}/answers`, { map: dataMap, question, evidence: "first", ...wrong }),
    );
    expect(refused.status).toBe(422);
    expect(refused.pointer?.startsWith(pointer)).toBe(true);
  });

  test.each([
    ["a version that can't be read", { id: "m", measure: "upgrade", below: "one" }, "/measures/0/below"],
    [
      "exposure that waits",
      { id: "m", measure: "reauthenticate", because: "exposure", rollout: { over: "1h", waves: 2 } },
      "/measures/0",
    ],
    [
      "a time that is none",
      { id: "m", measure: "reauthenticate", cutoff: "2014-02-31T00:00:00Z" },
      "/measures/0/cutoff",
    ],
    [
      "a listed cohort's cutoff in the future",
      { id: "m", measure: "reauthenticate", cohort: { accounts: ["u-1"] }, cutoff: "2999-01-01T00:00:00Z" },
      "/measures/0/cutoff",
    ],
    [
      "a platform that the directory does not have",
      { id: "m", measure: "reauthenticate", cohort: { directory: { platform: "toaster" } } },
      "/measures/0/cohort",
    ],
  ])(
    "a plan with %s is refused with its place, before it can hinder a bundle",
    async (_, measure, pointer) => {
      const refused = problemIn(await server.post("author", `${at}/plans`, { measures: [measure] }));
      expect(refused.status).toBe(422);
      expect(refused.pointer?.startsWith(pointer)).toBe(true);
    },
  );

  test("a plan with an unknown measure or key is refused", async () => {
    for (const measure of [
      { id: "m", measure: "delete_account" },
      { id: "m", measure: "redownload", epoch: 1, cohrot: {} },
      { id: "../x", measure: "redownload", epoch: 1 },
    ]) {
      expect(problemIn(await server.post("author", `${at}/plans`, { measures: [measure] })).status).toBe(400);
    }
  });
});

describe("a command with a key", () => {
  test("acts once, however often and however close together it is repeated", async () => {
    const key = { "idempotency-key": "open-1" };
    const all = await Promise.all(
      Array.from({ length: 5 }, () => server.post("author", "/v1/incidents", { title: "once" }, key)),
    );
    const ids = new Set(all.map((answered) => good<Incident>(answered).id));
    expect(ids.size).toBe(1);
    await server.close();
    await server.open();
    expect(good<Incident>(await server.post("author", "/v1/incidents", { title: "once" }, key)).id).toBe(
      [...ids][0],
    );
    const { incidents } = good<{ incidents: Incident[] }>(await server.get("author", "/v1/incidents"));
    expect(incidents.filter((incident) => incident.title === "once")).toHaveLength(1);
  });

  test("is refused when the key came with another request before", async () => {
    const key = { "idempotency-key": "open-2" };
    good(await server.post("author", "/v1/incidents", { title: "one" }, key));
    expect(problemIn(await server.post("author", "/v1/incidents", { title: "two" }, key))).toMatchObject({
      status: 422,
      code: "ERR_PLANE_KEY_REUSED",
    });
    expect(good<Incident>(await server.post("approver", "/v1/incidents", { title: "two" }, key)).title).toBe(
      "two",
    );
    expect(
      problemIn(await server.post("author", "/v1/incidents", { title: "t" }, { "idempotency-key": "a b" }))
        .status,
    ).toBe(400);
  });
});

describe("what the server says of itself", () => {
  test("the status page shows what is going on, for this machine alone, and nothing runs in it but its own script", async () => {
    const page = await server.get(null, "/");
    expect(page.text).toContain("<h1>Cordon</h1>");
    expect(page.headers.get("content-security-policy")).toMatch(/script-src 'self';/);
    expect(page.text.match(/<script[^>]*>/g)).toEqual(['<script defer src="/assets/status.js">']);
    expect(page.text).not.toMatch(/<style| style=| on\w+=/);
    expect((await rawGet("/", { host: "evil.example" })).status).toBe(403);
  });

  test("what operators write is text on the status page, never HTML", async () => {
    good(await server.post("author", "/v1/incidents", { title: "<img src=x onerror=alert(1)>" }));
    const { text } = await server.get(null, "/");
    expect(text).toContain("&lt;img src=x onerror=alert(1)&gt;");
    expect(text).not.toContain("<img");
  });

  test("every response carries the security headers", async () => {
    for (const path of [
      "/",
      "/healthz",
      "/openapi.json",
      "/v1/nothing",
      "/v1/status",
      "/journal/checkpoint",
    ]) {
      const { headers } = await server.get(null, path);
      expect(headers.get("x-content-type-options"), path).toBe("nosniff");
      expect(headers.get("content-security-policy"), path).toMatch(/default-src 'none'/);
      expect(headers.get("referrer-policy"), path).toBe("no-referrer");
    }
  });

  test("/openapi.json is an OpenAPI 3.1 document with every operation that is routed", async () => {
    const document = good<{ openapi: string; paths: Record<string, Record<string, unknown>> }>(
      await server.get(null, "/openapi.json"),
    );
    expect(document.openapi).toBe("3.1.0");
    for (const endpoint of Object.values<Endpoint>(endpoints)) {
      expect(
        document.paths[endpoint.path]?.[endpoint.method.toLowerCase()],
        endpoint.operationId,
      ).toBeDefined();
    }
  });

  test("enforcement points' counters are shown, the latest report of each", async () => {
    for (const allowed of [1, 7]) {
      const report = { point: "overture-1", bundleVersion: 3, counters: { "v3.allowed": allowed } };
      expect((await server.post("enforcement", "/v1/progress", report)).status).toBe(204);
    }
    const { enforcementPoints } = good<{ enforcementPoints: unknown[] }>(
      await server.get("author", "/v1/status"),
    );
    expect(enforcementPoints).toMatchObject([
      { point: "overture-1", bundleVersion: 3, counters: { "v3.allowed": 7 } },
    ]);
  });
});

describe("the stream of bundle events", () => {
  test("says only: look again, when a bundle comes into force", async () => {
    const response = await fetch(`${server.url}/bundles/events`, {
      headers: { authorization: `Bearer ${await server.token("enforcement")}` },
    });
    expect(response.headers.get("content-type")).toBe("text/event-stream");
    const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
    if (reader === undefined) throw new Error("no body");
    const plan = good<Plan>(
      await server.post("author", `${at}/plans`, { measures: [{ id: "s", measure: "reauthenticate" }] }),
    );
    await approveByTwo(server, `${at}/plans/${plan.id}`);
    let text = "";
    await until(
      async () => (text += (await reader.read()).value ?? ""),
      (all) => all.includes("\n\nevent"),
    );
    expect(text.replace(/^retry: \d+\n\n/, "")).toBe("event: look-again\ndata: {}\n\n");
    await reader.cancel();
  });
});

test("a port that is in use is told before anything in HOME is touched", async () => {
  const taken = createServer().listen(0, "127.0.0.1");
  await once(taken, "listening");
  const address = taken.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  const home = join(server.home, "..", "other-home");
  const options = {
    home,
    port,
    databaseUrl: null,
    directory: null,
    mail: null,
    version: "0",
    onNote: () => undefined,
  };
  await expect(startServer(options)).rejects.toMatchObject({ code: "ERR_SERVER_PORT_IN_USE" });
  await expect(stat(home)).rejects.toMatchObject({ code: "ENOENT" });
  taken.close();
});
