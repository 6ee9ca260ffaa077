import { mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, afterEach, beforeAll, expect, test } from "vitest";

import { BundleServer, bundleToken } from "../bundle-server.ts";
import { newKey, signedBundle } from "../signed-bundle.ts";
import { audience, issuerKey, issuerUrl, signToken } from "../token/issuer.ts";
import { GateProcess } from "./gate-process.ts";
import { freePorts, Nginx } from "./nginx.ts";
import type { NginxPorts } from "./nginx.ts";
import { load } from "./wrk.ts";

// Real nginx with `auth_request`, by the configuration of docs/operate/gateways.md, and two real gates.

const cutoff = "2014-05-27T12:00:00Z";
const key = newKey();
const folder = mkdtempSync(join(tmpdir(), "cordon-nginx-"));
const app = createServer((request, response) => {
  request.resume().on("end", () => response.end(`music for ${request.url ?? ""}`));
});

let ports: NginxPorts;
let denied = "";
let allowed = "";
const running: { stop(): Promise<unknown> }[] = [];

/** Version n denies `ada` by rule `r<n>` and nobody else. */
function bundle(version: number, more: object[] = []): Uint8Array {
  const rules = [{ id: `r${version}`, measure: "reauthenticate", cohort: "listed", cutoff }, ...more];
  return signedBundle({ version, rules, cohorts: { listed: ["ada"] }, keys: [key] });
}

/** Puts a bundle in place as a file of its own name, whole. */
function put(file: string, bytes: Uint8Array): void {
  writeFileSync(`${file}.next`, bytes);
  renameSync(`${file}.next`, file);
}

function writeConfig(name: string, config: object): string {
  const file = join(folder, `${name}.yaml`);
  const whole = {
    proxy: "nginx",
    keys: [join(folder, "public.pem")],
    state: join(folder, `${name}-state`),
    token: { issuer: issuerUrl, audience, jwks: join(folder, "jwks.json"), algorithms: ["ES256"] },
    clientHeaders: { platform: "X-Platform", store: "X-Store", version: "X-Version" },
    ...config,
  };
  writeFileSync(file, JSON.stringify(whole));
  return file;
}

async function gates(config: string, env: Record<string, string> = {}): Promise<[GateProcess, GateProcess]> {
  const both: [GateProcess, GateProcess] = [
    new GateProcess(config, ports.gates[0], env),
    new GateProcess(config, ports.gates[1], env),
  ];
  for (const gate of both) running.push({ stop: () => gate.end("SIGKILL") });
  await Promise.all(both.map((gate) => gate.start()));
  return both;
}

async function nginx(change?: (config: string) => string): Promise<Nginx> {
  const started = await Nginx.start(join(folder, `nginx-${ports.front}`), ports, change);
  running.push(started);
  return started;
}

const as = (token: string, more: Record<string, string> = {}) => ({
  headers: { authorization: `Bearer ${token}`, ...more },
});

beforeAll(async () => {
  const issuer = await issuerKey("k1");
  writeFileSync(join(folder, "jwks.json"), JSON.stringify({ keys: [issuer.jwk] }));
  writeFileSync(join(folder, "public.pem"), key.publicPem);
  denied = await signToken(issuer, { sub: "ada", auth_time: 1_400_000_000 });
  allowed = await signToken(issuer, { sub: "bo", auth_time: 1_400_000_000 });
});

afterEach(async () => {
  for (const each of running.splice(0).reverse()) await each.stop();
  await new Promise((resolve) => {
    app.closeAllConnections();
    app.close(resolve);
  });
});

afterAll(() => rmSync(folder, { recursive: true }));

async function freshPorts(): Promise<void> {
  const [front = 0, first = 0, second = 0, service = 0] = await freePorts(4);
  ports = { front, gates: [first, second], app: service };
  await new Promise<void>((resolve) => app.listen(service, "127.0.0.1", resolve));
}

test("denied, allowed, and what the client must do, as the gate says it", async () => {
  await freshPorts();
  const file = join(folder, "first.bundle");
  const upgrade = {
    id: "up",
    measure: "upgrade",
    where: { platform: "android" },
    below: "1.1.0",
    required: cutoff,
    stores: { website: { available: cutoff, link: "https://get.example/é" } },
  };
  put(file, bundle(1, [upgrade]));
  await gates(writeConfig("first", { source: { file } }));
  const { url } = await nginx();

  const passed = await fetch(`${url}/x?y=1`, as(allowed));
  expect([passed.status, await passed.text()]).toEqual([200, "music for /x?y=1"]);
  const posted = await fetch(`${url}/x`, { ...as(allowed), method: "POST", body: "a".repeat(100_000) });
  expect([posted.status, await posted.text()]).toEqual([200, "music for /x"]);

  for (const method of ["GET", "POST"]) {
    const refused = await fetch(`${url}/x`, {
      ...as(denied),
      method,
      ...(method === "POST" ? { body: "a".repeat(100_000) } : {}),
    });
    expect(refused.status).toBe(401);
    expect(refused.headers.get("www-authenticate")).toMatch(
      /^Bearer error="insufficient_user_authentication", max_age=\d+$/,
    );
    expect(refused.headers.get("content-type")).toBe("application/problem+json");
    expect(refused.headers.get("cache-control")).toBe("no-store");
    expect(Number(refused.headers.get("retry-after"))).toBeGreaterThanOrEqual(2);
    expect(await refused.json()).toEqual({
      type: "urn:cordon:problem:reauthentication-required",
      title: "Sign in again",
      status: 401,
      directives: [{ measure: "reauthenticate", rule: "r1", required: true }],
    });
  }

  // What a client says of itself tightens; the body is more than ASCII.
  const old = await fetch(
    `${url}/x`,
    as(allowed, { "x-platform": "android", "x-store": "website", "x-version": "1.0" }),
  );
  expect(old.status).toBe(403);
  expect(old.headers.get("www-authenticate")).toBeNull();
  expect(await old.json()).toMatchObject({
    type: "urn:cordon:problem:upgrade-required",
    directives: [{ measure: "upgrade", link: "https://get.example/é" }],
  });

  const forged = await fetch(`${url}/x`, as(`${allowed}x`));
  expect([forged.status, forged.headers.get("www-authenticate")]).toEqual([
    401,
    'Bearer error="invalid_token"',
  ]);
  expect((await fetch(`${url}/x`)).status).toBe(200);

  const asked = await fetch(`${url}/ofrep/v1/evaluate/flags`, { ...as(denied), method: "POST", body: "{}" });
  expect(asked.status).toBe(200);
  expect(await asked.json()).toMatchObject({ flags: [{ value: { directives: [{ rule: "r1" }] } }, {}] });
  const etag = asked.headers.get("etag") ?? "";
  const again = { ...as(denied, { "if-none-match": etag }), method: "POST", body: "{}" };
  expect((await fetch(`${url}/ofrep/v1/evaluate/flags`, again)).status).toBe(304);
  // The gate's own pages are not on the internet.
  expect(await (await fetch(`${url}/status`, as(allowed))).text()).toBe("music for /status");
  expect((await fetch(`${url}/_cordon`, as(allowed))).status).toBe(404);
});

test("control plane down: the rules go on, and a gate that starts meanwhile has them from its disk", async () => {
  await freshPorts();
  const server = new BundleServer();
  const source = { url: await server.start() };
  server.serve(bundle(7));
  const [first] = await gates(writeConfig("down", { source }), { CORDON_TOKEN: bundleToken });
  const { url } = await nginx();
  const statuses = async () => [
    (await fetch(`${url}/x`, as(denied))).status,
    (await fetch(`${url}/x`, as(allowed))).status,
  ];
  expect(await statuses()).toEqual([401, 200]);
  await server.stop();
  expect(await statuses()).toEqual([401, 200]);
  expect(await first.end("SIGTERM")).toBe(0);
  await first.start();
  expect(await first.status()).toMatchObject({ bundle: { version: 7 } });
  for (let i = 0; i < 6; i++) expect(await statuses()).toEqual([401, 200]);
});

test("before the first bundle requests pass, or are told by nginx to come back, by choice", async () => {
  for (const beforeFirstBundle of ["allow", "refuse"]) {
    await freshPorts();
    const source = { file: join(folder, "never.bundle") };
    const both = await gates(writeConfig(`none-${beforeFirstBundle}`, { source, beforeFirstBundle }));
    const front = await nginx();
    const response = await fetch(`${front.url}/x`, as(allowed));
    expect(response.status).toBe(beforeFirstBundle === "allow" ? 200 : 503);
    if (beforeFirstBundle === "refuse") {
      expect(await response.json()).toMatchObject({ type: "urn:cordon:problem:no-policy", status: 503 });
    }
    await front.stop();
    for (const gate of both) await gate.end("SIGTERM");
    await new Promise((resolve) => {
      app.closeAllConnections();
      app.close(resolve);
    });
  }
});

test("both gates down: nobody passes; with nginx's own fail-open, as documented, everybody does", async () => {
  for (const [open, status] of [
    [false, 500],
    [true, 200],
  ] as const) {
    await freshPorts();
    const front = await nginx((config) => (open ? config.replaceAll("# fail-open: ", "") : config));
    expect((await fetch(`${front.url}/x`, as(denied))).status).toBe(status);
    await front.stop();
    await new Promise((resolve) => {
      app.closeAllConnections();
      app.close(resolve);
    });
  }
});

interface UnderLoad {
  readonly seconds: number;
  readonly meanwhile: (gates: [GateProcess, GateProcess], file: string) => Promise<void>;
}

/** wrk as somebody who is denied and as somebody who is not, both at once; every answer is looked at. */
async function underLoad(name: string, { seconds, meanwhile }: UnderLoad): Promise<GateProcess[]> {
  await freshPorts();
  const file = join(folder, `${name}.bundle`);
  put(file, bundle(1));
  const both = await gates(writeConfig(name, { source: { file } }));
  const front = await nginx();
  const given = { folder, url: `${front.url}/x`, seconds, connections: 16 };
  const loads = Promise.all([
    load({ ...given, authorization: `Bearer ${allowed}`, status: 200, part: "music for /x" }),
    load({
      ...given,
      authorization: `Bearer ${denied}`,
      status: 401,
      part: '"measure":"reauthenticate","rule":"r',
    }),
  ]);
  await new Promise((resolve) => setTimeout(resolve, 500));
  await meanwhile(both, file);
  for (const done of await loads) {
    expect(done).toMatchObject({ wrong: 0, socketErrors: 0, sample: "" });
    expect(done.right).toBe(done.requests);
    expect(done.requests).toBeGreaterThan(1000);
  }
  return both;
}

test("bundles swapped under wrk load: no wrong answer and no dropped request", async () => {
  let version = 1;
  const both = await underLoad("swap", {
    seconds: 15,
    meanwhile: async (_gates, file) => {
      const endMs = Date.now() + 13_000;
      while (Date.now() < endMs) {
        put(file, bundle((version += 1)));
        await new Promise((resolve) => setTimeout(resolve, 40));
      }
    },
  });
  expect(version).toBeGreaterThan(100);
  for (const gate of both) {
    await expect.poll(async () => (await gate.status()).bundle?.version, { timeout: 10_000 }).toBe(version);
  }
});

test("gates restarted in order under wrk load: no wrong answer and no dropped request", async () => {
  await underLoad("restart", {
    seconds: 15,
    meanwhile: async (both) => {
      for (const gate of [...both, ...both]) {
        expect(await gate.end("SIGTERM")).toBe(0);
        await gate.start();
      }
    },
  });
});

test("a gate killed under wrk load: no wrong answer and no dropped request", async () => {
  await underLoad("kill", {
    seconds: 15,
    meanwhile: async (both) => {
      for (const gate of both) {
        await gate.end("SIGKILL");
        await new Promise((resolve) => setTimeout(resolve, 500));
        await gate.start();
        // A request that this gate refused while it was away is at the other one still: two that fail it are one too many.
        await new Promise((resolve) => setTimeout(resolve, 1_000));
      }
    },
  });
});
