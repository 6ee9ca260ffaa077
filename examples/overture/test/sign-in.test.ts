import { createRemoteJWKSet, jwtVerify } from "jose";
import { afterEach, beforeEach, expect, test } from "vitest";

import { claimsOf, RunningOverture } from "./running-overture.ts";
import type { Tokens } from "./running-overture.ts";

let running: RunningOverture;
beforeEach(async () => {
  running = await RunningOverture.start();
});
afterEach(async () => {
  await running.stop();
});

async function refreshed(refreshToken: string): Promise<Tokens> {
  const response = await running.refresh(refreshToken);
  expect(response.status).toBe(200);
  return (await response.json()) as Tokens;
}

test("somebody who signs in gets a token with auth_time, installation and client, and may play", async () => {
  const before = Date.now();
  const { access_token: token } = await running.signedIn("ada");
  const claims = claimsOf(token);
  expect(claims).toMatchObject({
    sub: "ada",
    inst: "inst-ada",
    client_id: "overture-android",
    aud: "urn:overture:api",
  });
  expect(Number(claims["auth_time"]) * 1000).toBeGreaterThanOrEqual(before);
  const played = await running.request("/play/track-1", token);
  expect([played.status, await played.json()]).toEqual([200, { trackId: "track-1" }]);
});

test("an access token verifies by the published keys with an independent library", async () => {
  const { access_token: token } = await running.signedIn("ada");
  const keys = createRemoteJWKSet(new URL(`${running.overture.url}/jwks`));
  const { payload, protectedHeader } = await jwtVerify(token, keys, {
    issuer: "https://overture.example",
    audience: "urn:overture:api",
    typ: "at+jwt",
  });
  expect(payload.sub).toBe("ada");
  expect(protectedHeader.kid).toBe(running.home.signingKeys.current.kid);
  expect(JSON.stringify(await (await fetch(`${running.overture.url}/jwks`)).json())).not.toContain('"d"');
});

test("auth_time is constant over refreshes and newer after a sign-in", async () => {
  const first = await running.signedIn("ada");
  const second = await refreshed(first.refresh_token);
  const third = await refreshed(second.refresh_token);
  const authTime = (tokens: Tokens) => Number(claimsOf(tokens.access_token)["auth_time"]);
  expect([authTime(second), authTime(third)]).toEqual([authTime(first), authTime(first)]);
  expect(claimsOf(third.access_token)["inst"]).toBe("inst-ada");
  expect(authTime(await running.signedIn("ada"))).toBeGreaterThan(authTime(first));
});

test("a refresh token is used once; used again, it ends the installation's session", async () => {
  const first = await running.signedIn("ada");
  const second = await refreshed(first.refresh_token);
  const again = await running.refresh(first.refresh_token);
  expect([again.status, await again.json()]).toMatchObject([400, { error: "invalid_grant" }]);
  expect((await running.refresh(second.refresh_token)).status).toBe(400);
});

test("of two requests with one refresh token at the same moment one is served at most", async () => {
  const { refresh_token: token } = await running.signedIn("ada");
  const statuses = await Promise.all(
    Array.from({ length: 8 }, async () => (await running.refresh(token)).status),
  );
  expect(statuses.filter((status) => status === 200).length).toBeLessThanOrEqual(1);
});

test("a wrong password and an unknown name are answered alike", async () => {
  const wrong = await running.signIn("ada", { password: "guess" });
  const unknown = await running.signIn("nobody");
  expect([wrong.status, unknown.status]).toEqual([400, 400]);
  expect(await wrong.json()).toEqual(await unknown.json());
});

test("nobody signs in on a stranger's installation", async () => {
  const response = await running.signIn("ada", { installation: "inst-bo" });
  expect([response.status, await response.json()]).toMatchObject([400, { error: "invalid_grant" }]);
});

test("an installation that is new becomes the account's", async () => {
  await running.signedIn("ada", { installation: "new-phone" });
  expect((await running.signIn("bo", { installation: "new-phone" })).status).toBe(400);
});

test.each([
  ["no installation", { installation: "" }],
  ["an installation with other characters", { installation: "a b" }],
  ["a client that is not Overture's", { client_id: "somebody" }],
  ["a password without end", { password: "x".repeat(2000) }],
])("%s is a wrong request", async (_name, parameters) => {
  const { status } = await running.signIn("ada", parameters);
  expect(status).toBeGreaterThanOrEqual(400);
  expect(status).toBeLessThan(500);
});

test.each([
  ["none", (): string | null => null],
  ["one with another signature", (token: string): string => `${token.slice(0, -6)}AAAAAA`],
  ["one without signature", (token: string): string => token.replace(/\.[^.]*$/, ".")],
  ["no token at all", (): string => "x.y.z"],
])("a request with a token that is %s is not let in", async (_name, change) => {
  const { access_token: token } = await running.signedIn("ada");
  const response = await running.request("/play/track-1", change(token));
  expect(response.status).toBe(401);
  expect(response.headers.get("www-authenticate")).toMatch(/^Bearer/);
  expect(response.headers.get("www-authenticate")).not.toContain("insufficient");
});
