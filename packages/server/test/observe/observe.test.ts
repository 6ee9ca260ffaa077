import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { request as httpRequest } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startServer, type RunningServer } from "@cordon/server";
import { startTestPostgres, type TestPostgres } from "@cordon/testkit";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";

let folder: string;
let postgres: TestPostgres;
let server: RunningServer;
const lines: string[] = [];
const spans: string[] = [];
const collector = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on("data", (chunk: Buffer) => chunks.push(chunk));
  request.on("end", () => {
    spans.push(Buffer.concat(chunks).toString("utf8"));
    response.writeHead(200, { "content-type": "application/json" }).end("{}");
  });
});

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "cordon-observe-"));
  postgres = await startTestPostgres();
  await new Promise<void>((resolve) => collector.listen(0, "127.0.0.1", resolve));
  vi.stubEnv("OTEL_EXPORTER_OTLP_ENDPOINT", `http://127.0.0.1:${(collector.address() as AddressInfo).port}`);
  server = await startServer({
    home: join(folder, "home"),
    port: 0,
    databaseUrl: postgres.url,
    directory: null,
    mail: null,
    version: "0.0.0-test",
    onNote: (note) => lines.push(note),
    log: { write: (line) => lines.push(line) },
  });
});
afterAll(async () => {
  await server.close().catch(() => undefined);
  collector.close();
  await postgres.stop();
  rmSync(folder, { recursive: true, force: true });
  vi.unstubAllEnvs();
});

const secret = (...names: string[]): string => readFileSync(join(folder, "home", ...names), "utf8").trim();
const author = (): Record<string, string> => ({
  authorization: `Bearer ${secret("operators", "author.token")}`,
});

async function open(title: string): Promise<string> {
  const response = await fetch(`${server.url}/v1/incidents`, {
    method: "POST",
    headers: { ...author(), "content-type": "application/json" },
    body: JSON.stringify({ title }),
  });
  expect(response.status).toBe(201);
  return ((await response.json()) as { id: string }).id;
}

interface Told {
  readonly id: string;
  readonly event: string;
  readonly data: { seq: number; type: string; incident: string | null; at: string };
}

/** Reads server-sent events until `done`. */
async function told(after: string | null, done: (events: readonly Told[]) => boolean): Promise<Told[]> {
  const over = new AbortController();
  const headers = { ...author(), ...(after === null ? {} : { "last-event-id": after }) };
  const response = await fetch(`${server.url}/v1/events`, { headers, signal: over.signal });
  expect(response.headers.get("content-type")).toBe("text/event-stream");
  const events: Told[] = [];
  let text = "";
  for await (const chunk of response.body ?? []) {
    text += Buffer.from(chunk as Uint8Array).toString("utf8");
    const blocks = text.split("\n\n");
    text = blocks.pop() ?? "";
    for (const block of blocks) {
      const [, id, event, data] = /^id: (.*)\nevent: (.*)\ndata: (.*)$/.exec(block) ?? [];
      if (id !== undefined && event !== undefined && data !== undefined)
        events.push({ id, event, data: JSON.parse(data) as Told["data"] });
    }
    if (done(events)) break;
  }
  over.abort();
  return events;
}

/** `fetch` sets the host itself. */
function statusWithHost(host: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const url = new URL("/metrics", server.url);
    const sent = httpRequest({ host: "127.0.0.1", port: url.port, path: url.pathname, headers: { host } });
    sent.on("response", (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    });
    sent.on("error", reject);
    sent.end();
  });
}

describe("what may be known of a server from outside", () => {
  test("/healthz answers, /readyz says of database, journal, bundle and disk that they are well", async () => {
    expect((await fetch(`${server.url}/healthz`)).status).toBe(200);
    const ready = await fetch(`${server.url}/readyz`);
    expect(ready.status).toBe(200);
    const well = { database: "ok", journal: "ok", bundle: "ok", disk: "ok" };
    expect(await ready.json()).toEqual({ status: "ready", checks: well });
  });

  test("/metrics is for this machine or a token: not through a proxy, not under another name", async () => {
    const url = `${server.url}/metrics`;
    const open = await fetch(url);
    expect(open.status).toBe(200);
    const text = await open.text();
    expect(text).toMatch(/^cordon_journal_entries \d+$/m);
    expect(text).toMatch(/^cordon_http_request_duration_seconds_count\{.*route="\/readyz".*\} [1-9]/m);
    const proxied = { "x-forwarded-for": "203.0.113.9" };
    expect((await fetch(url, { headers: proxied })).status).toBe(401);
    expect((await fetch(url, { headers: { ...proxied, ...author() } })).status).toBe(401);
    expect(await statusWithHost("rebound.example")).toBe(401);
    const token = { authorization: `Bearer ${secret("keys", "metrics.token")}` };
    expect((await fetch(url, { headers: { ...proxied, ...token } })).status).toBe(200);
  });

  test("a request has an id in its answer and in its log line; ids, addresses and words of the caller are in neither log nor metrics nor spans", async () => {
    const id = await open("needle title");
    const response = await fetch(`${server.url}/v1/incidents/${id}?q=needle-query`, {
      headers: { ...author(), "x-request-id": "chosen-0001" },
    });
    expect(response.headers.get("x-request-id")).toBe("chosen-0001");
    const forged = await fetch(`${server.url}/healthz`, { headers: { "x-request-id": "a b" } });
    expect(forged.headers.get("x-request-id")).toMatch(/^[0-9a-f-]{36}$/);
    await vi.waitFor(() => expect(lines.some((line) => line.includes("chosen-0001"))).toBe(true), {
      timeout: 60_000,
    });
    const line = JSON.parse(lines.find((one) => one.includes("chosen-0001")) ?? "{}") as object;
    expect(line).toMatchObject({
      level: "info",
      request: "chosen-0001",
      method: "GET",
      route: "/v1/incidents/:incidentId",
      status: 200,
    });
    const metrics = await (await fetch(`${server.url}/metrics`)).text();
    const requests = lines.filter((one) => !one.includes("Server listening at"));
    for (const text of [...requests, metrics]) {
      for (const word of [id, "needle", "127.0.0.1", secret("operators", "author.token")])
        expect(text).not.toContain(word);
    }
  });

  test("/v1/events says what changed and goes on after Last-Event-ID, each event once, in order", async () => {
    const first = await open("one");
    const all = await told("0", (events) => events.some(({ data }) => data.incident === first));
    const last = all.at(-1);
    expect(last).toMatchObject({
      event: "incident-opened",
      data: { type: "incident-opened", incident: first },
    });
    expect(JSON.stringify(all)).not.toContain("needle");
    const reading = told(last?.id ?? "", (events) => events.length === 30);
    const ids: string[] = [];
    for (let n = 0; n < 30; n++) ids.push(await open(`n${n}`));
    const rest = await reading;
    expect(rest.map(({ data }) => data.incident)).toEqual(ids);
    expect(rest.map(({ id, data }) => Number(id) - data.seq)).toEqual(rest.map(() => 0));
    const again = await told(rest[9]?.id ?? "", (events) => events.length === 20);
    expect(again).toEqual(rest.slice(10));
  });

  test("/v1/events is for operators, and an id that is none is refused", async () => {
    const url = `${server.url}/v1/events`;
    expect((await fetch(url)).status).toBe(401);
    const enforcement = { authorization: `Bearer ${secret("keys", "enforcement.token")}` };
    expect((await fetch(url, { headers: enforcement })).status).toBe(403);
    for (const id of ["-1", "1.5", "x", "99999999999999999"])
      expect((await fetch(url, { headers: { ...author(), "last-event-id": id } })).status).toBe(400);
  });

  test("without its database it is alive, but not ready, and says so", async () => {
    process.kill(postgres.pid, "SIGKILL");
    await vi.waitFor(
      async () => {
        const ready = await fetch(`${server.url}/readyz`);
        expect(ready.status).toBe(503);
        const { checks } = (await ready.json()) as { checks: Record<string, string> };
        expect(checks["database"]).not.toBe("ok");
        expect(checks["disk"]).toBe("ok");
      },
      { timeout: 60_000 },
    );
    expect((await fetch(`${server.url}/healthz`)).status).toBe(200);
    await server.close().catch(() => undefined);
    await vi.waitFor(() => expect(spans.join("")).toContain("/v1/incidents/:incidentId"), {
      timeout: 60_000,
    });
    expect(spans.join("")).not.toContain("needle");
  });
});
