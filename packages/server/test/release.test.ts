import { createHash, randomBytes } from "node:crypto";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openControlPlane, sha256, type ControlPlane } from "@cordon/control-plane";
import { applyDelta, encodeBundle, inspectFreshnessStamp } from "@cordon/bundle";
import { startTestPostgres, type TestPostgres } from "@cordon/testkit";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { buildApp } from "../src/build-app.ts";
import { openDoor } from "../src/operators/operator-door.ts";
import { OperatorRegister } from "../src/operators/operator-register.ts";
import { Tokens } from "../src/tokens.ts";

const bundleBytesMax = 1 << 20;

let home: string;
let postgres: TestPostgres;
let plane: ControlPlane;
let app: ReturnType<typeof buildApp>;
let url: string;
let tokens: Readonly<Record<"author" | "enforcement", string>>;

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), "cordon-release-"));
  postgres = await startTestPostgres();
  const clock = () => Date.now();
  const onNote = () => undefined;
  const register = new OperatorRegister(clock);
  const none = { directory: null, mail: null, operators: register };
  plane = await openControlPlane({ home, databaseUrl: postgres.url, ...none, clock, randomBytes, onNote });
  const door = await openDoor({ plane, register, clock, origin: () => "http://localhost" });
  app = buildApp({ plane, tokens: await Tokens.open(home), door, version: "0", clock, onNote });
  url = await app.listen({ host: "127.0.0.1", port: 0 });
  const token = async (...file: string[]) => (await readFile(join(home, ...file), "utf8")).trim();
  tokens = {
    author: await token("operators", "author.token"),
    enforcement: await token("keys", "enforcement.token"),
  };
});
afterAll(async () => {
  await app.close();
  await plane.close();
  await postgres.stop();
  await rm(home, { recursive: true, force: true });
});

const rules = Array.from({ length: 100 }, (_, i) => ({
  id: createHash("sha256").update(`${i}`).digest("hex"),
}));

/** Puts a bundle in force as the worker does once it is on record. */
async function publish(version: number): Promise<{ readonly bytes: Uint8Array; readonly etag: string }> {
  const manifest = {
    asOfMs: 0,
    expiresAtMs: null,
    by: "account",
    accounts: 0,
    salt: 0,
    cohorts: [],
  } as const;
  const bytes = encodeBundle({ policy: { version, rules }, ...manifest }, bundleBytesMax);
  const digest = createHash("sha256").update(bytes).digest("hex");
  await plane.bundles.stage(version, bytes);
  await plane.bundles.putInForce(version, digest, bytes);
  return { bytes, etag: `"${digest}"` };
}

const get = (path: string, headers: Readonly<Record<string, string>> = {}) =>
  fetch(`${url}${path}`, { headers: { authorization: `Bearer ${tokens.enforcement}`, ...headers } });

async function current(headers: Readonly<Record<string, string>> = {}) {
  const response = await get("/bundles/current", headers);
  return {
    status: response.status,
    headers: response.headers,
    bytes: Buffer.from(await response.arrayBuffer()),
  };
}

async function command(path: string, body?: object) {
  const response = await fetch(`${url}${path}`, {
    method: "POST",
    headers: { authorization: `Bearer ${tokens.author}`, "content-type": "application/json" },
    ...(body === undefined
      ? { headers: { authorization: `Bearer ${tokens.author}` } }
      : { body: JSON.stringify(body) }),
  });
  return { status: response.status, body: await response.json() };
}

const report = (point: string, bundleVersion: number) =>
  fetch(`${url}/v1/progress`, {
    method: "POST",
    headers: { authorization: `Bearer ${tokens.enforcement}`, "content-type": "application/json" },
    body: JSON.stringify({ point, bundleVersion, counters: {} }),
  });

test("before the first bundle there is neither a bundle nor a stamp, and no trust root unless one was put there", async () => {
  expect((await current()).status).toBe(404);
  expect((await get("/bundles/freshness")).status).toBe(404);
  expect((await get("/bundles/trust/1")).status).toBe(404);
  await mkdir(join(home, "bundles", "trust"), { recursive: true });
  await writeFile(join(home, "bundles", "trust", "1"), "{}\n");
  expect(await (await get("/bundles/trust/1")).text()).toBe("{}\n");
  for (const path of [
    "/bundles/trust/01",
    "/bundles/trust/..%2f1",
    "/bundles/trust/%2e%2e",
    "/bundles/trust/1.draft",
  ]) {
    expect((await get(path)).status, path).toBe(404);
  }
  expect((await fetch(`${url}/bundles/trust/1`)).status).toBe(401);
  expect((await fetch(`${url}/bundles/freshness`)).status).toBe(401);
});

test("whoever asks for a delta from a bundle that was served is given one, 226 and in the words of RFC 3229", async () => {
  const first = await publish(1);
  const second = await publish(2);
  const asks = { "a-im": "vcdiff, cordon-delta", "if-none-match": `"x", ${first.etag}` };
  const delta = await current(asks);
  expect(delta.status).toBe(226);
  expect(Object.fromEntries(delta.headers)).toMatchObject({
    im: "cordon-delta",
    "delta-base": first.etag,
    etag: second.etag,
    vary: "a-im, cordon-point",
  });
  expect(delta.bytes.length).toBeLessThan(second.bytes.length / 10);
  expect(
    Buffer.from(applyDelta(first.bytes, delta.bytes, { sha256, bundleBytesMax })).equals(second.bytes),
  ).toBe(true);
  // Everybody else has the whole, or nothing when it is unchanged.
  for (const headers of [
    {},
    { "if-none-match": first.etag },
    { ...asks, "a-im": "vcdiff" },
    { ...asks, "a-im": "cordon-delta;q=0" },
    { "a-im": "cordon-delta" },
    { "a-im": "cordon-delta", "if-none-match": `"${"0".repeat(64)}"` },
  ]) {
    const whole = await current(headers);
    expect(whole.status, JSON.stringify(headers)).toBe(200);
    expect(whole.bytes.equals(second.bytes)).toBe(true);
  }
  expect((await current({ "a-im": "cordon-delta", "if-none-match": second.etag })).status).toBe(304);
});

test("the freshness stamp names the bundle that every point is given, signed with a key of its own", async () => {
  const stamped = () =>
    get("/bundles/freshness").then(async (response) => Buffer.from(await response.arrayBuffer()));
  await vi.waitFor(async () => expect(inspectFreshnessStamp(await stamped()).version).toBe(2), {
    timeout: 60_000,
  });
  const names = await Promise.all(
    ["freshness.private.pem", "bundle.private.pem"].map((name) => readFile(join(home, "keys", name), "utf8")),
  );
  expect(new Set(names).size).toBe(2);
});

describe("a staged release", () => {
  test("gives the new bundle to the plan's points first, and to all once one of them reports it", async () => {
    const planned = await command("/v1/release", { points: ["gate-1"], afterMs: 3_600_000 });
    expect(planned).toMatchObject({ status: 200, body: { promotedVersion: 2, staged: null } });
    const third = await publish(3);
    const first = { "cordon-point": "gate-1" };
    expect((await current(first)).headers.get("etag")).toBe(third.etag);
    for (const headers of [{}, { "cordon-point": "gate-2" }]) {
      expect((await current(headers)).headers.get("etag")).not.toBe(third.etag);
    }
    await report("gate-2", 3);
    expect((await current()).headers.get("etag")).not.toBe(third.etag);
    await report("gate-1", 3);
    expect((await current()).headers.get("etag")).toBe(third.etag);
  });

  test("or by command; both decisions are on record", async () => {
    const fourth = await publish(4);
    expect((await current()).headers.get("etag")).not.toBe(fourth.etag);
    expect(await command("/v1/release/promotion")).toMatchObject({
      body: { promotedVersion: 4, staged: null },
    });
    expect((await current()).headers.get("etag")).toBe(fourth.etag);
    expect(await command("/v1/release", { points: [] })).toMatchObject({ body: { plan: null } });
    const recorded = await plane.journal.read("releases");
    expect(recorded.map(({ type, data }) => [type, data?.["by"]])).toEqual([
      ["release-planned", "author"],
      ["release-promoted", "author"],
      ["release-planned", "author"],
    ]);
  });

  test("nudges the points when it comes and when it goes to all", async () => {
    await command("/v1/release", { points: ["gate-1"], promote: "manual" });
    const stop = new AbortController();
    const headers = { authorization: `Bearer ${tokens.enforcement}` };
    const events = await fetch(`${url}/bundles/events`, { headers, signal: stop.signal });
    let heard = "";
    const listening = (async () => {
      for await (const chunk of events.body ?? []) heard += Buffer.from(chunk).toString();
    })().catch(() => undefined);
    const count = () => heard.split("look-again").length - 1;
    await publish(5);
    await vi.waitFor(() => expect(count()).toBe(1), { timeout: 60_000 });
    await command("/v1/release/promotion");
    await vi.waitFor(() => expect(count()).toBe(2), { timeout: 60_000 });
    stop.abort();
    await listening;
  });

  test("a plan of points that can't be is refused", async () => {
    expect((await command("/v1/release", { points: ["a b"] })).status).toBe(400);
    expect((await command("/v1/release", { points: ["a"], afterMs: -1 })).status).toBe(400);
    expect((await get("/v1/release")).status).toBe(403);
  });
});
