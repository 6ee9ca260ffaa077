import { afterAll, beforeAll, expect, test } from "vitest";

import type { DevicesAnswer, NewApiKeyAnswer, SessionAnswer } from "../src/api/session-api.ts";
import { BrowserLike } from "./browser-like.ts";
import { RunningOverture } from "./running-overture.ts";

let running: RunningOverture;
beforeAll(async () => {
  running = await RunningOverture.start({ accounts: ["ada", "bo", "cy", "di", "eve"] });
});
afterAll(async () => {
  await running.stop();
});

const email = (id: string) => `${id}@example.org`;

async function signedIn(id: string): Promise<BrowserLike> {
  const browser = new BrowserLike(running.overture.url);
  const end = await browser.signIn(email(id), `password of ${id}`);
  expect(end.headers.get("location")).toBe("/");
  return browser;
}

test("a person signs in on the web by OpenID Connect and comes back to the very place", async () => {
  const browser = new BrowserLike(running.overture.url);
  const returnPath = "/album/al-1?track=3#at=61.5";
  const end = await browser.signIn(email("ada"), "password of ada", { returnPath });
  expect([end.status, end.headers.get("location")]).toEqual([303, returnPath]);
  const session = await browser.json<SessionAnswer>("/api/session");
  expect(session).toMatchObject({
    signedIn: true,
    account: { id: "ada" },
    installation: { platform: "web" },
  });
});

test("the browser gets no token: its cookie is out of reach for scripts, and Lax", async () => {
  const browser = new BrowserLike(running.overture.url);
  const start = await browser.go("/api/session/sign-in");
  const page = await browser.follow(start);
  const place = page.headers.get("location") ?? "";
  let answer = await browser.go(place, { form: { username: email("bo"), password: "password of bo" } });
  const said: string[] = [];
  for (; answer.status === 303; answer = await browser.follow(answer)) {
    said.push(...answer.headers.getSetCookie(), await answer.clone().text());
    if (answer.headers.get("location") === "/") break;
  }
  const cookie = said.find((each) => each.startsWith("overture="));
  expect(cookie).toMatch(/HttpOnly/);
  expect(cookie).toMatch(/SameSite=Lax/);
  expect(said.join("\n")).not.toMatch(/access_token|eyJ/);
});

test("a session that somebody else planted is not taken up at sign-in: session fixation", async () => {
  const attacker = await signedIn("eve");
  const planted = attacker.cookies.get("overture")?.value ?? "";
  const victim = new BrowserLike(running.overture.url);
  victim.plant("overture", planted);
  await victim.signIn(email("ada"), "password of ada");
  expect(victim.cookies.get("overture")?.value).not.toBe(planted);
  expect(await victim.json<SessionAnswer>("/api/session")).toMatchObject({ account: { id: "ada" } });
  // The planted session has ended, and never was the victim's.
  expect(await attacker.json<SessionAnswer>("/api/session")).toEqual({ signedIn: false });
});

test("somebody who did not go to sign in can't be brought back signed in: login CSRF", async () => {
  const attacker = new BrowserLike(running.overture.url);
  const start = await attacker.go("/api/session/sign-in");
  const page = await attacker.follow(start);
  const place = page.headers.get("location") ?? "";
  let answer = await attacker.go(place, { form: { username: email("eve"), password: "password of eve" } });
  while (!answer.headers.get("location")?.includes("/api/session/callback"))
    answer = await attacker.follow(answer);
  const victim = new BrowserLike(running.overture.url);
  const end = await victim.follow(answer);
  expect(end.headers.get("location")).toBe("/?sign-in=failed");
  expect(victim.cookies.has("overture")).toBe(false);
});

test.each([
  "https://evil.example/",
  "//evil.example/",
  "/\\evil.example",
  "/\t/evil.example",
  "javascript:alert(1)",
])("nobody is sent elsewhere after signing in: %s", async (returnPath) => {
  const browser = new BrowserLike(running.overture.url);
  const end = await browser.signIn(email("ada"), "password of ada", { returnPath });
  const location = end.headers.get("location") ?? "";
  expect(new URL(location, running.overture.url).origin).toBe(running.overture.url);
});

test.each([
  ["another site by Fetch Metadata", { "sec-fetch-site": "cross-site", origin: "https://evil.example" }],
  ["a sibling site", { "sec-fetch-site": "same-site" }],
  ["another site in an older browser", { origin: "https://evil.example" }],
  ["a sandboxed page", { origin: "null" }],
])("what %s makes a browser send is refused: CSRF", async (_who, headers) => {
  const browser = await signedIn("cy");
  for (const [path, json] of [
    ["/api/session/sign-out", { which: "all" }],
    ["/api/keys", { name: "theirs" }],
    ["/api/password", { password: "password of cy", newPassword: "chosen by evil" }],
  ] as const) {
    const response = await browser.go(path, { method: "POST", json, headers });
    expect([path, response.status]).toEqual([path, 403]);
  }
  expect(await browser.json<SessionAnswer>("/api/session")).toMatchObject({ signedIn: true });
});

test("a request with the cookie that says no origin is refused when it changes something", async () => {
  const browser = await signedIn("cy");
  const cookie = `overture=${browser.cookies.get("overture")?.value ?? ""}`;
  const response = await fetch(`${running.overture.url}/api/keys`, {
    method: "POST",
    headers: { cookie, "content-type": "application/json" },
    body: '{"name":"x"}',
  });
  expect(response.status).toBe(403);
});

test("the device list names apps and browsers, and signs out this one, the others, or one of them", async () => {
  const [here, there] = [await signedIn("di"), await signedIn("di")];
  const app = await running.signedIn("di");
  const { devices } = await here.json<DevicesAnswer>("/api/devices");
  expect(devices.filter(({ signedIn }) => signedIn)).toHaveLength(3);
  expect(devices.filter(({ current }) => current)).toHaveLength(1);
  expect(JSON.stringify(devices)).not.toContain(here.cookies.get("overture")?.value);

  const removed = await here.go("/api/devices/inst-di", { method: "DELETE" });
  expect(removed.status).toBe(204);
  // The access token speaks for itself until it expires, and is refused all the same.
  expect((await running.request("/play/track-1", app.access_token)).status).toBe(401);
  expect((await running.refresh(app.refresh_token)).status).toBe(400);
  expect((await there.go("/api/devices")).status).toBe(200);

  await here.go("/api/session/sign-out", { json: { which: "others" } });
  expect((await there.go("/api/devices")).status).toBe(401);
  expect((await here.go("/api/devices")).status).toBe(200);

  await here.go("/api/session/sign-out", { json: { which: "this" } });
  expect(await here.json<SessionAnswer>("/api/session")).toEqual({ signedIn: false });
});

test("another account's device and key are as ones that are not there", async () => {
  const [bo, cy] = [await signedIn("bo"), await signedIn("cy")];
  const made = (await (await bo.go("/api/keys", { json: { name: "car radio" } })).json()) as NewApiKeyAnswer;
  expect((await cy.go(`/api/keys/${made.id}`, { method: "DELETE" })).status).toBe(404);
  expect((await cy.go("/api/devices/inst-bo", { method: "DELETE" })).status).toBe(404);
  expect(await bo.json("/api/keys")).toMatchObject({ keys: [{ id: made.id, name: "car radio" }] });
  expect(JSON.stringify(await bo.json("/api/keys"))).not.toContain(made.key);
  expect((await bo.go(`/api/keys/${made.id}`, { method: "DELETE" })).status).toBe(204);
});

test("all tokens of an account can be dropped: browsers, apps and API keys end at once", async () => {
  const browser = await signedIn("bo");
  const app = await running.signedIn("bo");
  await browser.go("/api/keys", { json: { name: "car radio" } });
  await browser.go("/api/session/sign-out", { json: { which: "all" } });
  expect((await browser.go("/api/devices")).status).toBe(401);
  expect((await running.request("/me", app.access_token, { method: "GET" })).status).toBe(401);
  expect((await running.refresh(app.refresh_token)).status).toBe(400);
  expect(await (await signedIn("bo")).json("/api/keys")).toEqual({ keys: [] });
});

test("a refresh token that is used twice ends the whole chain: reuse detection", async () => {
  const first = await running.signedIn("eve");
  const second = (await (await running.refresh(first.refresh_token)).json()) as { refresh_token: string };
  expect((await running.refresh(first.refresh_token)).status).toBe(400);
  expect((await running.refresh(second.refresh_token)).status).toBe(400);
});
