import { endpoints, type Endpoint, type Incident } from "@cordon/contract";
import { afterAll, beforeAll, expect, test } from "vitest";
import { DatabaseAdministrator } from "../support/database-administrator.ts";
import { good, TestServer } from "../support/test-server.ts";

let server: TestServer;
let database: DatabaseAdministrator;
let incidentId: string;
beforeAll(async () => {
  server = await TestServer.start(3);
  database = await DatabaseAdministrator.at(server.databaseUrl);
  await database.query("create table canary (word text)");
  await database.query("insert into canary values ('still-singing')");
  incidentId = good<Incident>(await server.post("author", "/v1/incidents", { title: "t" })).id;
});
afterAll(async () => {
  await database.close();
  await server.end();
});

const payloads = [
  "x'; drop table canary; --",
  `x"; delete from canary; --`,
  "x') ; update canary set word = 'dead'; --",
  "' or '1'='1",
  "\\'; drop table canary; --",
  "$1; drop table canary",
  "x\u0000'; drop table canary; --",
  "%' union select word from canary --",
];

type Schema = { readonly [keyword: string]: unknown };
type Made = { readonly value: unknown; readonly leaves: readonly (readonly (string | number)[])[] };

/** Texts that fit the patterns of the API, by their titles. */
const fitting: Readonly<Record<string, string>> = {
  Instant: "2014-05-27T12:00:00Z",
  Duration: "1h",
  Digest: `sha256:${"0".repeat(64)}`,
  MeasureId: "m",
  OperatorName: "nobody",
  IncidentId: "inc-0000000000000000",
  PlanId: "plan-0000000000000000",
};

/** A body that fits a schema as far as can be told, and where its texts are. */
function made(schema: Schema, at: readonly (string | number)[] = []): Made {
  const { type, title, anyOf, const: only, enum: some, items, properties, minimum } = schema;
  if (only !== undefined) return { value: only, leaves: typeof only === "string" ? [at] : [] };
  if (Array.isArray(some)) return { value: some[0] as unknown, leaves: [at] };
  if (Array.isArray(anyOf)) return made((anyOf as readonly Schema[])[0] ?? {}, at);
  if (type === "array") {
    const one = made(items as Schema, [...at, 0]);
    return { value: [one.value], leaves: one.leaves };
  }
  if (type === "object") {
    const parts = Object.entries((properties ?? {}) as Record<string, Schema>).map(
      ([key, part]) => [key, made(part, [...at, key])] as const,
    );
    return {
      value: Object.fromEntries(parts.map(([key, { value }]) => [key, value])),
      leaves: parts.flatMap(([, { leaves }]) => leaves),
    };
  }
  if (type === "integer" || type === "number") return { value: minimum ?? 1, leaves: [at] };
  if (type === "boolean") return { value: true, leaves: [at] };
  return { value: fitting[String(title)] ?? "x", leaves: [at] };
}

function withText(value: unknown, at: readonly (string | number)[], text: string): unknown {
  const [key, ...rest] = at;
  if (key === undefined) return text;
  if (Array.isArray(value))
    return value.map((one: unknown, i) => (i === key ? withText(one, rest, text) : one));
  const object = value as Record<string, unknown>;
  return { ...object, [key]: withText(object[key], rest, text) };
}

const callers = ["author", "approver", "administrator", "enforcement"] as const;

/** Each request is sent by one who may send it. */
async function send(endpoint: Endpoint, path: string, headers: Record<string, string>, body?: unknown) {
  const who = callers.find((caller) =>
    caller === "enforcement"
      ? endpoint.roles.includes("enforcement")
      : caller === "administrator"
        ? endpoint.roles.includes("administrator")
        : endpoint.roles.includes("responder"),
  );
  return endpoint.method === "GET"
    ? server.get(who ?? null, path, headers)
    : server.post(who ?? null, path, body, headers);
}

test("SQL in every field of every operation is text and nothing else", { timeout: 120_000 }, async () => {
  const tables = await database.tables();
  const statuses = new Map<number, number>();
  let fields = 0;
  const note = async (what: string, answered: Promise<{ status: number; text: string }>) => {
    const { status, text } = await answered;
    fields += 1;
    statuses.set(status, (statuses.get(status) ?? 0) + 1);
    expect(status, `${what}: ${text}`).not.toBe(500);
    expect(text, what).not.toMatch(/still-singing|syntax error|pg_|relation "/);
  };
  const streams = new Set(["liveEvents", "bundleEvents"]);
  for (const endpoint of Object.values<Endpoint>(endpoints)) {
    if (streams.has(endpoint.operationId)) continue;
    const real = endpoint.path.replace("{incidentId}", incidentId);
    const plain = real.replaceAll(/\{\w+\}/g, "x");
    for (const [n, payload] of payloads.entries()) {
      const text = encodeURIComponent(payload);
      // Parts of the path, the query, and headers.
      for (const [name] of endpoint.path.matchAll(/\{\w+\}/g)) {
        const path = endpoint.path.replace(name, text).replace("{incidentId}", incidentId);
        await note(`${endpoint.operationId} ${name}`, send(endpoint, path.replaceAll(/\{\w+\}/g, "x"), {}));
      }
      if (endpoint.method === "GET") {
        await note(
          `${endpoint.operationId} query`,
          send(endpoint, `${plain}?cursor=${text}&limit=${text}`, {}),
        );
      }
      if (endpoint.body === null) continue;
      const { value, leaves } = made(endpoint.body as Schema);
      for (const [i, leaf] of leaves.entries()) {
        // Every field with one of the payloads, and every payload in the first fields.
        if (i % payloads.length !== n && i > 2) continue;
        const what = `${endpoint.operationId} ${leaf.join("/")}`;
        await note(what, send(endpoint, plain, {}, withText(value, leaf, payload)));
      }
    }
  }
  const sql = payloads[0] ?? "";
  for (const headers of [
    { "idempotency-key": sql },
    { "cordon-point": sql },
    { "attachment-name": encodeURIComponent(sql), "content-type": "application/octet-stream" },
    { cookie: `cordon-session=${sql}` },
    { authorization: `Bearer ${sql}` },
    { "if-none-match": sql },
    { "user-agent": sql, "x-request-id": sql },
  ]) {
    await note(Object.keys(headers).join(), server.get("author", "/v1/status", headers));
    await note(
      Object.keys(headers).join(),
      server.post("author", `/v1/incidents/${incidentId}/attachments`, "{}", headers),
    );
  }
  expect(await database.tables()).toEqual(tables);
  expect(await database.query("select word from canary")).toEqual([{ word: "still-singing" }]);
  // Many got as far as the database: what is refused at the door alone would prove little.
  expect(fields).toBeGreaterThan(800);
  expect((statuses.get(201) ?? 0) + (statuses.get(409) ?? 0) + (statuses.get(404) ?? 0)).toBeGreaterThan(100);
});

test("what was written stands there as it was written", async () => {
  for (const title of payloads.filter((one) => !one.includes("\u0000"))) {
    const opened = good<Incident>(await server.post("author", "/v1/incidents", { title }));
    expect(good<Incident>(await server.get("author", `/v1/incidents/${opened.id}`)).title).toBe(title);
  }
});
