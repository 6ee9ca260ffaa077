import { get } from "node:http";

import { describe, expect, onTestFinished, test } from "vitest";

import { ProxySecret, startForwardAuth } from "../../src/index.ts";
import type { EnforcementPointOptions, ForwardAuthServerOptions, Identity } from "../../src/index.ts";
import { signedBundle } from "../signed-bundle.ts";
import { everybodyAgain, request, testPoint, until } from "../test-point.ts";

const newPassword = { ...everybodyAgain, id: "newpw", measure: "change_password" };
const known: Identity = { kind: "known", guarded: { request: request(), claimed: null } };

async function gate(
  rules: object[] | null,
  more: Partial<ForwardAuthServerOptions & EnforcementPointOptions> & { readonly identity?: Identity } = {},
) {
  const { server, key, point } = await testPoint();
  if (rules !== null) server.serve(signedBundle({ version: 1, rules, keys: [key] }));
  const enforced = point(more);
  await enforced.start();
  const failures: unknown[] = [];
  const running = await startForwardAuth({
    point: enforced,
    identify: () => Promise.resolve(more.identity ?? known),
    answers: "whole",
    refusals: { none: "allow", invalid: "refuse", unknown: "refuse" },
    secret: null,
    onFailure: (error) => failures.push(error),
    host: "127.0.0.1",
    port: 0,
    drainMs: 1_000,
    ...more,
  });
  onTestFinished(() => running.close());
  return { ...running, point: enforced, failures };
}

describe("a proxy that passes answers on whole", () => {
  test("is told 200 and nothing else for a request that may pass, whatever its method and path", async () => {
    const { url } = await gate([]);
    for (const [method, path] of [
      ["GET", "/auth"],
      ["POST", "/auth?x=1"],
      ["DELETE", "/auth/music/7"],
    ]) {
      const response = await fetch(`${url}${path}`, { method: method ?? "GET" });
      expect([response.status, await response.text()]).toEqual([200, ""]);
    }
  });

  test("is given the whole denial", async () => {
    const { url } = await gate([everybodyAgain]);
    const response = await fetch(`${url}/auth`);
    expect(response.status).toBe(401);
    expect(response.headers.get("www-authenticate")).toContain("insufficient_user_authentication");
    expect(response.headers.get("content-type")).toBe("application/problem+json");
    expect(await response.json()).toMatchObject({ directives: [{ rule: "reauth" }] });
  });

  test("is told 503 before the first bundle, where that refuses", async () => {
    const { url } = await gate(null, { beforeFirstBundle: "refuse" });
    expect((await fetch(`${url}/auth`)).status).toBe(503);
  });
});

describe("a proxy that takes 401 and 403 alone", () => {
  test.each([
    [[everybodyAgain], 401, "401", "reauthentication-required"],
    [[newPassword], 403, "403", "password-change-required"],
    [null, 403, "503", "no-policy"],
  ])("is given the denial in headers, without a body", async (rules, status, meant, type) => {
    const { url } = await gate(rules, { answers: "auth-request", beforeFirstBundle: "refuse" });
    const response = await fetch(`${url}/auth`);
    expect([response.status, await response.text()]).toEqual([status, ""]);
    expect(response.headers.get("cordon-status")).toBe(meant);
    expect(response.headers.get("retry-after")).toBe("16");
    const problem = JSON.parse(response.headers.get("cordon-problem") ?? "") as object;
    expect(problem).toMatchObject({ type: `urn:cordon:problem:${type}`, status: Number(meant) });
    expect(response.headers.has("www-authenticate")).toBe(status === 401);
  });

  const upgrade = (rest: object) => ({
    id: "é\u007f\n",
    measure: "upgrade",
    below: "9",
    required: "2014-05-01T00:00:00Z",
    ...rest,
  });
  const problemOf = async (rule: object) => {
    const { url } = await gate([rule], { answers: "auth-request" });
    return (await fetch(`${url}/auth`)).headers.get("cordon-problem") ?? "";
  };

  test("is given visible ASCII alone, that means the same", async () => {
    const available = "2014-05-01T00:00:00Z";
    const text = await problemOf(
      upgrade({ stores: { "google-play": { available, link: "https://é.example" } } }),
    );
    expect(text).toMatch(/^[ -~]+$/);
    expect(JSON.parse(text)).toMatchObject({
      directives: [{ rule: "é\u007f\n", link: "https://é.example" }],
    });
  });

  test("is given no more than its buffer holds: links are left out first", async () => {
    const available = "2014-05-01T00:00:00Z";
    const link = `https://play.example/${"a".repeat(4000)}`;
    const text = await problemOf(upgrade({ stores: { "google-play": { available, link } } }));
    expect(text.length).toBeLessThan(3000);
    expect(JSON.parse(text)).toMatchObject({ directives: [{ measure: "upgrade", required: true }] });
  });
});

describe("a request whose person is not known", () => {
  test.each([
    ["none", 401, "Bearer"],
    ["invalid", 401, 'Bearer error="invalid_token"'],
    ["unknown", 503, null],
  ] as const)("(%s) passes or is refused by choice, and is counted", async (kind, status, challenge) => {
    for (const choice of ["allow", "refuse"] as const) {
      const refusals = { none: choice, invalid: choice, unknown: choice };
      const { url, point } = await gate([everybodyAgain], { identity: { kind }, refusals });
      const response = await fetch(`${url}/auth`);
      expect(response.status).toBe(choice === "allow" ? 200 : status);
      if (choice === "refuse") expect(response.headers.get("www-authenticate")).toBe(challenge);
      expect(point.counters.report()).toMatchObject({ [`token.${kind}`]: 1 });
    }
  });

  test("passes in shadow mode", async () => {
    const { url } = await gate([], { identity: { kind: "invalid" }, mode: "shadow" });
    expect((await fetch(`${url}/auth`)).status).toBe(200);
  });

  test.each(["none", "invalid", "unknown"] as const)(
    "(%s) may ask for directives, never 401 or 403",
    async (kind) => {
      const refusals = { none: "refuse", invalid: "refuse", unknown: "refuse" } as const;
      const { url } = await gate([everybodyAgain], { identity: { kind }, refusals, answers: "auth-request" });
      const response = await fetch(`${url}/ofrep/v1/evaluate/flags`, { method: "POST", body: "{}" });
      expect(response.status).toBe(200);
      expect(await response.json()).toMatchObject({ flags: [{ value: { directives: [] } }, {}] });
    },
  );
});

test("a session asks for its directives", async () => {
  const { url } = await gate([everybodyAgain]);
  const one = await fetch(`${url}/ofrep/v1/evaluate/flags/cordon.directives`, { method: "POST", body: "{}" });
  expect(await one.json()).toMatchObject({ value: { directives: [{ rule: "reauth" }] } });
});

test("with a secret, nothing is decided for whoever does not show it", async () => {
  const { url, point } = await gate([], { secret: new ProxySecret("s3cret") });
  const asked = async (secret: string | null) =>
    (await fetch(`${url}/auth`, { headers: secret === null ? {} : { "cordon-proxy-secret": secret } }))
      .status;
  expect([await asked(null), await asked("wrong"), await asked("s3cret")]).toEqual([403, 403, 200]);
  expect(point.counters.report()).toMatchObject({ "proxy.unknown": 2, "v1.allowed": 1 });
});

test("`/status` says what stands here and what was counted, `/healthz` that it stands; nothing else is there", async () => {
  const { url, point } = await gate([everybodyAgain], { mode: "shadow" });
  await fetch(`${url}/auth`);
  await until(() => expect(point.status().kept).toBe(true));
  expect(await (await fetch(`${url}/status`)).json()).toMatchObject({
    mode: "shadow",
    bundle: { version: 1, expired: false },
    refusal: null,
    kept: true,
    freshness: "unknown",
    counters: { "shadow.v1.denied": 1 },
  });
  expect((await fetch(`${url}/healthz`)).status).toBe(200);
  expect((await fetch(`${url}/other`)).status).toBe(404);
  expect((await fetch(`${url}/status`, { method: "POST" })).status).toBe(404);
});

test("what should never happen is told, and the request does not pass", async () => {
  const { url, failures } = await gate([], {
    identify: () => Promise.reject(new Error("unforeseen")),
  });
  expect((await fetch(`${url}/auth`)).status).toBe(500);
  expect(failures).toHaveLength(1);
});

test("at the end, what is under way is answered and its connection closed", async () => {
  let goOn = (): void => undefined;
  const held = new Promise<void>((resolve) => (goOn = resolve));
  let reached = (): void => undefined;
  const asked = new Promise<void>((resolve) => (reached = resolve));
  const running = await gate([], {
    identify: async () => {
      reached();
      await held;
      return known;
    },
  });
  const answer = new Promise<{ status: number | undefined; connection: string | undefined }>(
    (resolve, reject) => {
      get(`${running.url}/auth`, { agent: false, headers: { connection: "keep-alive" } }, (response) => {
        resolve({ status: response.statusCode, connection: response.headers.connection });
        response.resume();
      }).on("error", reject);
    },
  );
  await asked;
  const closed = running.close();
  goOn();
  expect(await answer).toEqual({ status: 200, connection: "close" });
  await closed;
  await expect(fetch(`${running.url}/healthz`)).rejects.toThrow();
});
