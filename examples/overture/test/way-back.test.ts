import { afterEach, beforeEach, describe, expect, test } from "vitest";

import type { AffectedAnswer } from "../src/api/help-api.ts";
import type { NewRecoveryCodes, SessionAnswer } from "../src/api/session-api.ts";
import { guessPolicyDefault } from "../src/accounts/guess-limit.ts";
import { BrowserLike } from "./browser-like.ts";
import { RunningOverture } from "./running-overture.ts";

let nowMs = Date.now();
let running: RunningOverture;
beforeEach(async () => {
  nowMs = Date.now();
  running = await RunningOverture.start({ options: { behindProxy: true, nowMs: () => (nowMs += 1) } });
});
afterEach(async () => {
  await running.stop();
});

const email = "ada@example.org";
const password = "password of ada";
const from = (address: string) => new BrowserLike(running.overture.url, { "x-forwarded-for": address });

/** The status of one attempt on the sign-in page. */
async function attempt(browser: BrowserLike, name: string, given: string): Promise<number> {
  return (await browser.signIn(name, given)).status;
}

describe("guessing passwords is limited", () => {
  test("for the account, from however many addresses, also through the apps' grant and /password", async () => {
    for (let n = 0; n < guessPolicyDefault.freePerAccount; n++)
      expect(await attempt(from(`203.0.113.${n}`), email, "guess")).toBe(403);
    expect(await attempt(from("203.0.113.99"), email, "guess")).toBe(403);
    // Even the right one is not looked at now.
    const blocked = await from("203.0.113.100").signIn(email, password);
    expect([blocked.status, Number(blocked.headers.get("retry-after"))]).toEqual([429, 2]);
    const app = await running.signIn("ada", { installation: "inst-new" });
    expect([app.status, ((await app.json()) as { error: string }).error]).toEqual([429, "too_many_attempts"]);
    const change = await running.request("/password", null, {
      body: JSON.stringify({ username: email, password, newPassword: "another one" }),
      headers: { "content-type": "application/json" },
    });
    expect(change.status).toBe(429);
    // Another account is free, and so is this one a little later.
    expect(await attempt(from("203.0.113.100"), "bo@example.org", "password of bo")).toBe(303);
    nowMs += 3_000;
    expect(await attempt(from("203.0.113.100"), email, password)).toBe(303);
  });

  test("for twice as long each time, up to a quarter of an hour", async () => {
    const waits: number[] = [];
    for (let n = 0; n < 24; n++) {
      await running.signIn("ada", { password: "guess", installation: "inst-x" });
      const blocked = await running.signIn("ada", { password: "guess", installation: "inst-x" });
      if (blocked.status !== 429) continue;
      const seconds = Number(blocked.headers.get("retry-after"));
      waits.push(seconds);
      nowMs += seconds * 1000;
    }
    expect(waits.slice(0, 4)).toEqual([2, 4, 8, 16]);
    expect(Math.max(...waits)).toBe(900);
  });

  test("for the address, over however many accounts; what stands before the proxy's own entry does not count", async () => {
    for (let n = 0; n <= guessPolicyDefault.freePerAddress; n++)
      await attempt(from(`198.51.100.${n}, 203.0.113.7`), `nobody-${n}@example.org`, "guess");
    expect(await attempt(from("198.51.100.250, 203.0.113.7"), email, password)).toBe(429);
    expect(await attempt(from("203.0.113.8"), email, password)).toBe(303);
  });

  test("but strangers lock nobody out of a device that they have used before", async () => {
    await running.signedIn("ada");
    for (let n = 0; n < 20; n++) await attempt(from(`203.0.113.${n}`), email, "guess");
    expect(await attempt(from("203.0.113.200"), email, password)).toBe(429);
    expect((await running.signIn("ada")).status).toBe(200);
  });

  test("and an unknown account is refused like a wrong password", async () => {
    const [unknown, wrong] = [
      await from("203.0.113.1").signIn("no@example.org", "guess"),
      await from("203.0.113.1").signIn(email, "guess"),
    ];
    const text = async (response: Response) => (await response.text()).replace(/value="[^"]*"/g, "");
    expect([unknown.status, await text(unknown)]).toEqual([wrong.status, await text(wrong)]);
  });
});

describe("a way back", () => {
  const token = () => /token=([\w-]+)/.exec(running.mails.at(-1)?.text ?? "")?.[1] ?? "";

  test("for a forgotten password: a link by mail, once, and everybody else is out", async () => {
    const app = await running.signedIn("ada");
    const browser = from("203.0.113.1");
    expect((await browser.go("/api/password/forgotten", { json: { email } })).status).toBe(202);
    expect(running.mails.map(({ to }) => to)).toEqual([email]);
    expect(running.mails[0]?.text).toContain(`${running.overture.url}/reset?token=`);
    const page = await browser.go(`/reset?token=${token()}`);
    expect(await page.text()).toContain('autocomplete="new-password"');
    expect((await browser.go("/reset", { form: { token: token(), newPassword: "short" } })).status).toBe(403);
    expect(
      (await browser.go("/reset", { form: { token: token(), newPassword: "a better password" } })).status,
    ).toBe(200);
    expect(
      (await browser.go("/reset", { form: { token: token(), newPassword: "yet another one" } })).status,
    ).toBe(410);
    expect((await running.request("/me", app.access_token, { method: "GET" })).status).toBe(401);
    expect(await attempt(browser, email, password)).toBe(403);
    expect(await attempt(browser, email, "a better password")).toBe(303);
  });

  test("a link expires, and a new one ends the old one", async () => {
    const browser = from("203.0.113.1");
    await browser.go("/api/password/forgotten", { json: { email } });
    const first = token();
    await browser.go("/api/password/forgotten", { json: { email } });
    const reset = (each: string) =>
      browser.go("/api/password/reset", { json: { token: each, newPassword: "a better password" } });
    expect((await reset(first)).status).toBe(410);
    nowMs += 3_600_001;
    expect((await reset(token())).status).toBe(410);
  });

  test("an unknown address is answered alike and gets no mail; links lead to the service, whatever a request says; floods end", async () => {
    const browser = from("203.0.113.1");
    expect((await browser.go("/api/password/forgotten", { json: { email: "no@example.org" } })).status).toBe(
      202,
    );
    expect(running.mails).toEqual([]);
    const headers = { "x-forwarded-host": "evil.example", origin: "http://evil.example" };
    await browser.go("/forgotten", { form: { username: email }, headers });
    expect(running.mails[0]?.text).toContain(`${running.overture.url}/reset?`);
    expect(running.mails[0]?.text).not.toContain("evil.example");
    for (let n = 0; n < 30; n++)
      await from(`203.0.113.${n}`).go("/api/password/forgotten", { json: { email } });
    expect(running.mails.length).toBeLessThan(12);
  });

  test("for a dead mail address: a recovery code, once", async () => {
    const browser = from("203.0.113.1");
    await browser.signIn(email, password);
    const { codes } = (await (
      await browser.go("/api/recovery-codes", { method: "POST" })
    ).json()) as NewRecoveryCodes;
    expect(codes).toHaveLength(10);
    const [code = ""] = codes;
    const recover = (given: string) =>
      from("203.0.113.2").go("/api/recovery/code", {
        json: { email, code: given, newPassword: "a better password" },
      });
    expect((await recover("00000-00000-00000-00000")).status).toBe(403);
    expect((await recover(` ${code.toUpperCase()} `)).status).toBe(204);
    expect((await recover(code)).status).toBe(403);
    expect(await browser.json<SessionAnswer>("/api/session")).toEqual({ signedIn: false });
    expect(await attempt(from("203.0.113.3"), email, "a better password")).toBe(303);
  });

  test("without code: a case that rests, tells the old address, and is approved by support alone", async () => {
    const browser = from("203.0.113.1");
    const words = "<b>I joined in 2011</b>";
    await browser.go("/api/recovery/case", { json: { email, contact: "new@example.net", words } });
    expect(running.mails.map(({ to }) => to)).toEqual([email]);
    const admin = { authorization: `Bearer ${running.home.adminToken}` };
    expect((await fetch(`${running.overture.url}/admin/recovery-cases`)).status).toBe(401);
    const listed = await fetch(`${running.overture.url}/admin/recovery-cases`, { headers: admin });
    const { cases } = (await listed.json()) as { cases: { id: string; accountId: string; words: string }[] };
    expect(cases).toMatchObject([{ accountId: "ada", words }]);
    const approve = () =>
      fetch(`${running.overture.url}/admin/recovery-cases/${cases[0]?.id ?? ""}/approve`, {
        method: "POST",
        headers: admin,
      });
    expect((await approve()).status).toBe(404);
    nowMs += 4 * 86_400_000;
    expect((await approve()).status).toBe(204);
    expect(running.mails.at(-1)?.to).toBe("new@example.net");
    expect(
      (
        await browser.go("/api/password/reset", {
          json: { token: token(), newPassword: "a better password" },
        })
      ).status,
    ).toBe(204);
    expect(await attempt(from("203.0.113.3"), email, "a better password")).toBe(303);
  });

  test("a changed password ends all sessions but the one that changed it", async () => {
    const [here, there] = [from("203.0.113.1"), from("203.0.113.2")];
    await here.signIn(email, password);
    await there.signIn(email, password);
    const change = (given: string) =>
      here.go("/api/password", { json: { password: given, newPassword: "a better password" } });
    expect((await change("guess")).status).toBe(403);
    expect((await change(password)).status).toBe(204);
    expect(await here.json<SessionAnswer>("/api/session")).toMatchObject({ signedIn: true });
    expect(await there.json<SessionAnswer>("/api/session")).toEqual({ signedIn: false });
  });
});

describe("a response, as a person meets it", () => {
  const cutoff = () => new Date(nowMs).toISOString();

  test("cutoff amid a song: denied with what to do, signed in again, back at the same second", async () => {
    const browser = from("203.0.113.1");
    await browser.signIn(email, password);
    await browser.go("/api/queue", {
      method: "PUT",
      json: { trackIds: ["t"], currentIndex: 0, positionMs: 61_500 },
    });
    await running.enforce({
      version: 1,
      rules: [{ id: "again", measure: "reauthenticate", cohort: "everyone", cutoff: cutoff() }],
    });
    const denied = await browser.go("/api/queue");
    expect([denied.status, denied.headers.get("www-authenticate")]).toEqual([
      401,
      expect.stringContaining("insufficient_user_authentication"),
    ]);
    expect(await denied.json()).toMatchObject({ directives: [{ measure: "reauthenticate" }] });
    // Who they are is still said, and leaving is allowed.
    expect(await browser.json<SessionAnswer>("/api/session")).toMatchObject({ signedIn: true });
    const end = await browser.signIn(email, password, { returnPath: "/#/album/al-1?at=61.5" });
    expect(end.headers.get("location")).toBe("/#/album/al-1?at=61.5");
    expect((await browser.go("/api/queue")).status).toBe(200);
  });

  test("a new password is asked for on the sign-in page itself, and the old one does not do", async () => {
    const browser = from("203.0.113.1");
    await running.enforce({
      version: 1,
      rules: [{ id: "newpw", measure: "change_password", cohort: "everyone", cutoff: cutoff() }],
    });
    const asked = await browser.signIn(email, password);
    expect([asked.status, await asked.text()]).toEqual([200, expect.stringContaining("Set a new password")]);
    expect((await browser.signIn(email, password, { newPassword: password })).status).toBe(403);
    expect((await browser.signIn(email, password, { newPassword: "short" })).status).toBe(403);
    expect((await browser.signIn(email, password, { newPassword: "a better password" })).status).toBe(303);
    expect((await browser.go("/api/devices")).status).toBe(200);
    expect(await attempt(from("203.0.113.2"), email, "a better password")).toBe(303);
  });

  test("an open page of an older player is told of the new one; a current one is told nothing", async () => {
    const browser = from("203.0.113.1");
    await browser.signIn(email, password);
    const stores = { website: { available: "2014-05-27T10:00:00Z", link: "https://overture.example/" } };
    await running.enforce({
      version: 1,
      rules: [
        {
          id: "web",
          measure: "upgrade",
          where: { platform: "web" },
          below: "1.0.0",
          required: "2014-06-03T00:00:00Z",
          stores,
        },
      ],
    });
    expect((await browser.go("/api/devices")).status).toBe(200);
    const old = await browser.go("/api/devices", { headers: { "overture-build": "web/website/0.9.0" } });
    expect([old.status, await old.json()]).toMatchObject([
      403,
      { directives: [{ measure: "upgrade", required: true, link: "https://overture.example/" }] },
    ]);
  });

  test("was I affected? Says it of one's own account alone, once the session is good", async () => {
    const [ada, bo] = [from("203.0.113.1"), from("203.0.113.2")];
    await ada.signIn(email, password);
    await bo.signIn("bo@example.org", "password of bo");
    expect(await ada.json<AffectedAnswer>("/api/affected")).toMatchObject({
      policyVersion: null,
      concerned: "unknown",
    });
    await running.enforce(
      {
        version: 1,
        rules: [{ id: "again", measure: "reauthenticate", cohort: "suspects", cutoff: cutoff() }],
      },
      { suspects: ["ada"] },
    );
    // Whoever holds the old session learns nothing from it.
    expect((await ada.go("/api/affected")).status).toBe(401);
    await ada.signIn(email, password);
    expect(await ada.json<AffectedAnswer>("/api/affected")).toMatchObject({
      policyVersion: 1,
      asked: [],
      concerned: "would-be-asked",
      measures: ["reauthenticate"],
    });
    expect(await bo.json<AffectedAnswer>("/api/affected")).toMatchObject({
      concerned: "not-asked",
      measures: [],
    });
    expect((await from("203.0.113.3").go("/api/affected")).status).toBe(401);
    expect((await from("203.0.113.3").go("/api/help")).status).toBe(200);
  });
});
