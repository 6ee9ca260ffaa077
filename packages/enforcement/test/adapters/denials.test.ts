import { describe, expect, test } from "vitest";

import type { EnforcementPointOptions } from "../../src/index.ts";
import { signedBundle } from "../signed-bundle.ts";
import { nowMs, request, testPoint } from "../test-point.ts";
import { adapters } from "./adapters.ts";
import type { ServiceOptions } from "./adapters.ts";
import { everybodyAgain, newPassword, offline, trusted, upgrade } from "./rules.ts";

describe.each(adapters)("$name:", ({ start }) => {
  async function service(
    rules: object[] | null,
    more: Partial<EnforcementPointOptions & ServiceOptions> = {},
  ): Promise<string> {
    const { server, key, point } = await testPoint();
    if (rules !== null) server.serve(signedBundle({ version: 1, rules, keys: [key] }));
    const enforced = point(more);
    await enforced.start();
    return start({
      point: enforced,
      describe: (headers) =>
        headers["x-nobody"] === undefined ? { request: request(), claimed: null } : null,
      ...more,
    });
  }

  test("an allowed request passes, with its body", async () => {
    const url = await service([offline]);
    const response = await fetch(`${url}/music`);
    expect([response.status, await response.text()]).toEqual([200, "music"]);
    const echo = await fetch(`${url}/echo`, {
      method: "POST",
      body: '{"a":1}',
      headers: { "content-type": "application/json" },
    });
    expect(await echo.json()).toEqual({ a: 1 });
  });

  test("waits for a description that comes later", async () => {
    const url = await service([everybodyAgain], {
      describe: async ({ "x-nobody": nobody }) => {
        await new Promise((resolve) => setImmediate(resolve));
        return nobody === undefined ? { request: request(), claimed: null } : null;
      },
    });
    expect((await fetch(`${url}/music`)).status).toBe(401);
    expect((await fetch(`${url}/music`, { headers: { "x-nobody": "1" } })).status).toBe(200);
  });

  test.each([
    ["at once", () => fail()],
    ["later", () => Promise.resolve().then(fail)],
  ])("a request that can't be described (%s) does not go on", async (_when, describe) => {
    const url = await service([], { describe });
    expect((await fetch(`${url}/music`)).status).toBe(500);
  });

  describe("a denied request", () => {
    test("for reauthenticate: 401 with RFC 9470's challenge, max_age in whole seconds since the cutoff", async () => {
      const url = await service([everybodyAgain]);
      const response = await fetch(`${url}/music`);
      expect(response.status).toBe(401);
      expect(response.headers.get("www-authenticate")).toBe(
        `Bearer error="insufficient_user_authentication", max_age=${12 * 3600}`,
      );
      expect(response.headers.get("content-type")).toBe("application/problem+json");
      expect(response.headers.get("cache-control")).toBe("no-store");
      expect(await response.json()).toEqual({
        type: "urn:cordon:problem:reauthentication-required",
        title: "Sign in again",
        status: 401,
        directives: [{ measure: "reauthenticate", rule: "reauth", required: true }],
      });
    });

    test("max_age is rounded down, so that no sign-in before the cutoff is fresh enough", async () => {
      const url = await service([everybodyAgain], { nowMs: () => nowMs + 999 });
      const response = await fetch(`${url}/music`);
      expect(response.headers.get("www-authenticate")).toContain(`max_age=${12 * 3600}`);
    });

    test("max_age grows with the clock, while the rest of the answer is ready", async () => {
      let clockMs = nowMs;
      const url = await service([everybodyAgain], { nowMs: () => clockMs });
      const maxAge = async () => (await fetch(`${url}/music`)).headers.get("www-authenticate")?.slice(-5);
      expect(await maxAge()).toBe("43200");
      clockMs += 1000;
      expect(await maxAge()).toBe("43201");
    });

    test("for a stolen key only a sign-in from now on will do", async () => {
      const url = await service([{ id: "reauth", measure: "reauthenticate", keys: ["k1"] }]);
      const response = await fetch(`${url}/music`);
      expect(response.headers.get("www-authenticate")).toContain("max_age=0");
    });

    test.each([
      ["change_password", newPassword, "urn:cordon:problem:password-change-required"],
      ["upgrade", upgrade, "urn:cordon:problem:upgrade-required"],
      ["refuse_client", trusted, "urn:cordon:problem:client-refused"],
    ])("for %s: 403 with a problem document of its own type", async (measure, rule, type) => {
      const url = await service([rule]);
      const response = await fetch(`${url}/music`);
      expect(response.status).toBe(403);
      expect(response.headers.get("content-type")).toBe("application/problem+json");
      expect(response.headers.get("www-authenticate")).toBeNull();
      expect(await response.json()).toMatchObject({ type, status: 403, directives: [{ measure }] });
    });

    test.each([
      [[offline, upgrade, newPassword, everybodyAgain, trusted], 403, "refuse_client"],
      [[offline, upgrade, newPassword, everybodyAgain], 401, "reauthenticate"],
      [[offline, upgrade, newPassword], 403, "change_password"],
    ])(
      "several denials: the status of the first in directive order, all directives in the body",
      async (rules, status, first) => {
        const url = await service(rules);
        const response = await fetch(`${url}/music`);
        const { directives } = (await response.json()) as { directives: { measure: string }[] };
        expect([response.status, directives[0]?.measure, directives.length]).toEqual([
          status,
          first,
          rules.length,
        ]);
      },
    );

    test("does not reach the service, and its connection goes on", async () => {
      const url = await service([everybodyAgain]);
      const posted = await fetch(`${url}/echo`, {
        method: "POST",
        body: JSON.stringify("x".repeat(50_000)),
        headers: { "content-type": "application/json" },
      });
      expect([posted.status, await posted.json()]).toMatchObject([401, { status: 401 }]);
      expect((await fetch(`${url}/health`)).status).toBe(200);
    });

    test("HEAD is answered without a body", async () => {
      const url = await service([everybodyAgain]);
      const response = await fetch(`${url}/music`, { method: "HEAD" });
      expect([response.status, await response.text()]).toEqual([401, ""]);
    });

    test("carries a Retry-After that is spread", async () => {
      let draw = 0;
      const url = await service([everybodyAgain], { random: () => (draw += 0.25) });
      const retryAfter = async () => Number((await fetch(`${url}/music`)).headers.get("retry-after"));
      expect([await retryAfter(), await retryAfter()]).toEqual([9, 16]);
    });
  });

  test("without a bundle and with `refuse`, a request is told to come back later", async () => {
    const url = await service(null, { beforeFirstBundle: "refuse" });
    const response = await fetch(`${url}/music`);
    expect([response.status, response.headers.has("retry-after")]).toEqual([503, true]);
    expect(await response.json()).toMatchObject({ type: "urn:cordon:problem:no-policy", directives: [] });
  });

  test("open routes and requests without a session are not decided about; every other one is told to onDecision", async () => {
    const seen: string[] = [];
    const url = await service([everybodyAgain], {
      onDecision: (path, purpose, decision) =>
        seen.push(`${purpose} ${path} ${decision.allow ? "allowed" : "denied"}`),
    });
    expect((await fetch(`${url}/health`)).status).toBe(200);
    expect((await fetch(`${url}/music`, { headers: { "x-nobody": "1" } })).status).toBe(200);
    expect((await fetch(`${url}/music`)).status).toBe(401);
    await fetch(`${url}/ofrep/v1/evaluate/flags`, {
      method: "POST",
      body: "{}",
      headers: { "content-type": "application/json" },
    });
    expect(seen).toEqual(["request /music denied", "ofrep /ofrep/v1/evaluate/flags denied"]);
  });

  test("in shadow mode nobody is denied and no client is told anything", async () => {
    const url = await service([everybodyAgain, offline], { mode: "shadow" });
    expect((await fetch(`${url}/music`)).status).toBe(200);
    const evaluated = await fetch(`${url}/ofrep/v1/evaluate/flags`, {
      method: "POST",
      body: "{}",
      headers: { "content-type": "application/json" },
    });
    expect(await evaluated.json()).toMatchObject({ flags: [{ value: { directives: [] } }, { value: 0 }] });
  });
});

function fail(): never {
  throw new Error("the session store is down");
}
