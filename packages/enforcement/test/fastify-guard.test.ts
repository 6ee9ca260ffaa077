import Fastify from "fastify";
import { describe, expect, onTestFinished, test } from "vitest";

import { fastifyGuard } from "../src/index.ts";
import type { EnforcementPointOptions, FastifyGuardOptions } from "../src/index.ts";
import { signedBundle } from "./signed-bundle.ts";
import { everybodyAgain, nowMs, request, testPoint } from "./test-point.ts";

const upgrade = {
  id: "android",
  measure: "upgrade",
  where: { platform: "android" },
  below: "1.1.0",
  required: "2014-05-27T00:00:00Z",
  stores: { "google-play": { available: "2014-05-27T00:00:00Z", link: "https://play.example/app" } },
};
const newPassword = { ...everybodyAgain, id: "newpw", measure: "change_password" };
const trusted = {
  id: "trusted",
  measure: "refuse_client",
  where: { platform: "android" },
  trusted: ["website"],
};
const offline = { id: "offline", measure: "redownload", epoch: 2 };

async function service(
  rules: object[] | null,
  more: Partial<EnforcementPointOptions & FastifyGuardOptions> = {},
) {
  const { server, key, point } = await testPoint();
  if (rules !== null) server.serve(signedBundle({ version: 1, rules, keys: [key] }));
  const enforced = point(more);
  await enforced.start();
  const app = Fastify();
  await app.register(fastifyGuard, {
    point: enforced,
    describe: (incoming) =>
      incoming.headers["x-nobody"] === undefined ? { request: request(), claimed: null } : null,
    ...more,
  });
  app.get("/music", () => "music");
  app.get("/health", { config: { cordon: "open" } }, () => "ok");
  const url = await app.listen({ host: "127.0.0.1", port: 0 });
  onTestFinished(() => app.close());
  return url;
}

test("an allowed request passes", async () => {
  const url = await service([offline]);
  const response = await fetch(`${url}/music`);
  expect([response.status, await response.text()]).toEqual([200, "music"]);
});

describe("a denied request", () => {
  test("for reauthenticate: 401 with RFC 9470's challenge, max_age in whole seconds since the cutoff", async () => {
    const url = await service([everybodyAgain]);
    const response = await fetch(`${url}/music`);
    expect(response.status).toBe(401);
    expect(response.headers.get("www-authenticate")).toBe(
      `Bearer error="insufficient_user_authentication", max_age=${12 * 3600}`,
    );
    expect(await response.json()).toMatchObject({
      status: 401,
      directives: [{ measure: "reauthenticate", rule: "reauth", required: true }],
    });
  });

  test("max_age is rounded down, so that no sign-in before the cutoff is fresh enough", async () => {
    const url = await service([everybodyAgain], { nowMs: () => nowMs + 999 });
    const response = await fetch(`${url}/music`);
    expect(response.headers.get("www-authenticate")).toContain(`max_age=${12 * 3600}`);
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
    onDecision: ({ request: { url: path }, decision, purpose }) =>
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
