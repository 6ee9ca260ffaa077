import { createHash, randomBytes } from "node:crypto";

import { afterEach, beforeEach, expect, test } from "vitest";

import { clientIdOf } from "../src/index.ts";
import { claimsOf, RunningOverture } from "./running-overture.ts";
import type { Tokens } from "./running-overture.ts";

let running: RunningOverture;
beforeEach(async () => {
  running = await RunningOverture.start();
});
afterEach(async () => {
  await running.stop();
});

const redirectUri = "https://overture.example/callback";

/** A browser as far as signing in needs one: it keeps cookies by path and follows no redirect by itself. */
class Browser {
  readonly #cookies = new Map<string, { readonly value: string; readonly path: string }>();

  async go(url: string, form?: Record<string, string>): Promise<Response> {
    const { pathname } = new URL(url);
    const sent = [...this.#cookies].filter(([, { path }]) => pathname.startsWith(path));
    const response = await fetch(url, {
      redirect: "manual",
      headers: {
        cookie: sent.map(([name, { value }]) => `${name}=${value}`).join("; "),
        accept: "text/html",
      },
      ...(form === undefined ? {} : { method: "POST", body: new URLSearchParams(form) }),
    });
    for (const cookie of response.headers.getSetCookie()) {
      const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(cookie) ?? [];
      this.#cookies.set(name, { value, path: /path=([^;]+)/.exec(cookie)?.[1] ?? "/" });
    }
    return response;
  }

  async follow(response: Response, base: string): Promise<Response> {
    return this.go(new URL(response.headers.get("location") ?? "", base).href);
  }
}

function authorization(verifier: string, more: Record<string, string> = {}): string {
  return new URLSearchParams({
    client_id: clientIdOf("web"),
    response_type: "code",
    redirect_uri: redirectUri,
    scope: "openid play offline",
    state: "s",
    code_challenge: createHash("sha256").update(verifier).digest("base64url"),
    code_challenge_method: "S256",
    ...more,
  }).toString();
}

async function authorize(browser: Browser, verifier: string, password: string): Promise<Response> {
  const base = running.overture.url;
  const page = await browser.go(`${base}/auth?${authorization(verifier)}`);
  expect(page.status).toBe(303);
  const form = await browser.follow(page, base);
  expect(await form.text()).toContain('autocomplete="current-password"');
  return browser.go(new URL(page.headers.get("location") ?? "", base).href, {
    username: "ada@example.org",
    password,
  });
}

function exchange(code: string, verifier: string): Promise<Response> {
  return running.token(
    {
      grant_type: "authorization_code",
      client_id: clientIdOf("web"),
      redirect_uri: redirectUri,
      code,
      code_verifier: verifier,
    },
    null,
  );
}

async function signInOnTheWeb(browser: Browser, verifier: string): Promise<string> {
  const signedIn = await authorize(browser, verifier, "password of ada");
  expect(signedIn.status).toBe(303);
  const back = await browser.follow(signedIn, running.overture.url);
  const location = new URL(back.headers.get("location") ?? "");
  expect(location.origin + location.pathname).toBe(redirectUri);
  return location.searchParams.get("code") ?? "";
}

test("a browser signs in by authorization code and PKCE, plays, and refreshes with the same auth_time", async () => {
  const verifier = randomBytes(32).toString("base64url");
  const response = await exchange(await signInOnTheWeb(new Browser(), verifier), verifier);
  expect(response.status).toBe(200);
  const tokens = (await response.json()) as Tokens & { id_token: string };
  const claims = claimsOf(tokens.access_token);
  expect(claims).toMatchObject({ sub: "ada", client_id: "overture-web" });
  expect(claims["inst"]).toMatch(/^web-/);
  expect(claimsOf(tokens.id_token)["auth_time"]).toBe(claims["auth_time"]);
  expect((await running.request("/play/track-1", tokens.access_token, { build: null })).status).toBe(200);

  const refreshed = await running.token(
    { grant_type: "refresh_token", client_id: clientIdOf("web"), refresh_token: tokens.refresh_token },
    null,
  );
  expect(refreshed.status).toBe(200);
  const again = claimsOf(((await refreshed.json()) as Tokens).access_token);
  expect([again["auth_time"], again["inst"]]).toEqual([claims["auth_time"], claims["inst"]]);
});

test("a code without its verifier is worth nothing, and is worth nothing twice", async () => {
  const verifier = randomBytes(32).toString("base64url");
  const code = await signInOnTheWeb(new Browser(), verifier);
  expect((await exchange(code, "x".repeat(43))).status).toBe(400);
  expect((await exchange(code, verifier)).status).toBe(200);
  expect((await exchange(code, verifier)).status).toBe(400);
});

test("a wrong password keeps the browser on the page, and another browser's page is nobody's", async () => {
  const browser = new Browser();
  const wrong = await authorize(browser, "v".repeat(43), "guess");
  expect([wrong.status, wrong.headers.get("content-security-policy")]).toMatchObject([
    403,
    expect.stringContaining("frame-ancestors 'none'"),
  ]);
  const page = await browser.go(`${running.overture.url}/auth?${authorization("v".repeat(43))}`);
  const stolen = await fetch(new URL(page.headers.get("location") ?? "", running.overture.url));
  expect(stolen.status).toBe(400);
});

test("somebody who must sign in again is asked for the password although the browser is signed in: max_age", async () => {
  const browser = new Browser();
  const verifier = randomBytes(32).toString("base64url");
  await signInOnTheWeb(browser, verifier);
  const silent = await browser.go(`${running.overture.url}/auth?${authorization(verifier)}`);
  expect(silent.headers.get("location")).toContain(redirectUri);
  const asked = await browser.go(`${running.overture.url}/auth?${authorization(verifier, { max_age: "0" })}`);
  expect(asked.headers.get("location")).toContain("/sign-in/");
});
